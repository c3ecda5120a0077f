import * as workers from '../../store/workers.ts';
import type { Page } from '../page.ts';
import { get } from '../route.ts';

export const routes = [get('/doctor', 'admin', show)];

/** A worker that has been silent for so long is no more. */
const SILENT_MS = 30_000;

/** Each worker's machine: how builds are kept apart there, and the programs that it works with. */
async function show(page: Page): Promise<void> {
  await page.render('doctor/show', { workers: await workers.reports(page.db, SILENT_MS) });
}
