import { readClock } from '../../store/clock.ts';
import { hostHealth, seesHost } from '../health/of-host.ts';
import type { Page } from '../page.ts';
import { get } from '../route.ts';
import { hostOf } from '../setup/host-of.ts';

export const routes = [
  get('/hosts/:host/health', seesHost, show),
  get('/hosts/:host/health/now', seesHost, now),
];

async function show(page: Page): Promise<void> {
  const after = await readClock(page.db);
  await page.render('health/host', { ...(await hostHealth(page, await hostOf(page))), after });
}

/** What moves, alone: the page fetches it again when something changed. */
async function now(page: Page): Promise<void> {
  await page.render('health/host-now', await hostHealth(page, await hostOf(page)));
}
