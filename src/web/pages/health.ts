import { liveStates } from '../../model/process.ts';
import * as alarms from '../../store/alarms.ts';
import * as environments from '../../store/environments.ts';
import { overview, stateCounts } from '../../store/health-overview.ts';
import { pastOf } from '../../store/uptimes.ts';
import * as workers from '../../store/workers.ts';
import { maySee } from '../alarms/view.ts';
import { hostRows } from '../deploy/hosts.ts';
import { barOf } from '../health/bar.ts';
import type { Page } from '../page.ts';
import { get } from '../route.ts';
import { seenWords } from '../seen-words.ts';
import { projectOf, seesProject } from '../subjects.ts';

export const routes = [
  get('/health', 'signed-in', list),
  get('/health/now', 'signed-in', now),
  get('/projects/:project/health', seesProject, show),
];

const AT_ONCE = 200;
const DAY = 86_400_000;
/** Half an hour each, and a day each. */
const bars = [
  { key: 'day', ms: DAY, parts: 48 },
  { key: 'month', ms: 30 * DAY, parts: 30 },
] as const;

async function list(page: Page): Promise<void> {
  await page.render('health/list', {
    ...(await model(page)),
    environments: (await environments.all(page.db)).map(({ name }) => name),
  });
}

/** What moves, alone: the page fetches it again every few seconds. */
async function now(page: Page): Promise<void> {
  await page.render('health/now', await model(page));
}

async function model(page: Page) {
  const { db, groupIds } = page;
  const staleMs = page.settings.sweepSeconds * 3000;
  const [search, environment] = [page.query('q') ?? '', page.query('environment') ?? ''];
  const found = await overview(db, staleMs, { groupIds, search, environment, limit: AT_ONCE + 1 });
  const rows = found.slice(0, AT_ONCE);
  const at = Date.now();
  const past = await pastOf(
    db,
    rows.map(({ placementId }) => placementId),
    at - DAY,
  );
  const counts = await stateCounts(db, staleMs, groupIds);
  const open = (await alarms.open(db)).filter((alarm) => maySee(page, alarm));
  return {
    ...{ search, environment, more: found.length > AT_ONCE, alarms: open.length },
    looked: await workers.alive(db, 'health', 60_000),
    counts: liveStates.flatMap((state) => (counts.get(state) ? [{ state, number: counts.get(state) }] : [])),
    rows: rows.map((row) => ({
      ...row,
      words: seenWords(page.t, row.message),
      bar: barFor(past.get(row.placementId), at, bars[0], null),
    })),
    query: new URLSearchParams({ q: search, environment }).toString(),
    dot: open.length > 0 ? ('failed' as const) : null,
  };
}

type Past = Awaited<ReturnType<typeof pastOf>> extends Map<string, infer One> ? One : never;

function barFor(past: Past | undefined, at: number, of: (typeof bars)[number], process: string | null) {
  const flips = past?.flips.filter(({ processName }) => processName === process) ?? [];
  const time = { from: at - of.ms, to: at, parts: of.parts, firstSeen: past?.seenSince ?? null };
  return barOf(flips, past?.state ?? null, time);
}

async function show(page: Page): Promise<void> {
  const project = (await projectOf(page)) ?? page.notFound();
  const hosts = await hostRows(page, project);
  const at = Date.now();
  const past = await pastOf(
    page.db,
    hosts.map(({ placement }) => placement.id),
    at - 30 * DAY,
  );
  await page.render('health/show', {
    project,
    hosts: hosts.map((row) => {
      const of = past.get(row.placement.id);
      return { ...row, bars: bars.map((bar) => ({ key: bar.key, ...barFor(of, at, bar, null) })) };
    }),
    alarms: await alarms.some(page.db, { projectId: project.id, limit: 20 }),
  });
}
