import { believedMs } from '../../model/belief.ts';
import * as drifts from '../../store/drifts.ts';
import * as environments from '../../store/environments.ts';
import * as groups from '../../store/groups.ts';
import { troubledHosts, unknownHosts } from '../../store/host-facts.ts';
import { driftViews, hostWords } from '../drift/rows.ts';
import type { Page } from '../page.ts';
import { get } from '../route.ts';
import { seenWords } from '../seen-words.ts';

export const routes = [get('/drift', 'signed-in', list)];

const AT_ONCE = 200;

/** What is not as it was left, of what the person may see. */
async function list(page: Page): Promise<void> {
  const { db, groupIds } = page;
  const staleMs = believedMs(page.settings.factsSeconds);
  const [search, environment, groupId] = ['q', 'environment', 'group'].map((name) => page.query(name) ?? '');
  const filter = { groupIds, search, environment, groupId, limit: AT_ONCE + 1 };
  const found = await drifts.drifts(db, staleMs, filter);
  const { all, known, lastAt } = await drifts.counts(db, staleMs, filter);
  const mine = await groups.all(db);
  await page.render('drift/list', {
    ...{ search, environment, groupId, more: found.length > AT_ONCE, lastAt, all, unknown: all - known },
    rows: await driftViews(page, found.slice(0, AT_ONCE)),
    hosts: (await troubledHosts(db, staleMs, filter)).map((host) => ({
      ...host,
      words: hostWords(page, host),
    })),
    unknownHosts: (await unknownHosts(db, staleMs, { ...filter, limit: 50 })).map((host) => ({
      ...host,
      why: seenWords(page.t, host.message),
    })),
    environments: (await environments.all(db)).map(({ name }) => name),
    groups: mine.filter(({ id }) => groupIds === undefined || groupIds.includes(id)),
  });
}
