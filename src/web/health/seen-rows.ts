import { type Marks, marksOf } from '../../model/marks.ts';
import * as environments from '../../store/environments.ts';
import type { SeenService } from '../../store/health-overview.ts';
import * as mutes from '../../store/mutes.ts';
import { placementMarks } from '../../store/placement-marks.ts';
import { type Past, pastOf } from '../../store/uptimes.ts';
import type { Page } from '../page.ts';
import { seenWords } from '../seen-words.ts';
import type { Bar } from './bar.ts';
import { DAY, dayBar } from './past-bars.ts';

/** A service as lists show it: with its last 24 hours and what is to be said beside its state. */
export type ServiceRow = SeenService & { words: string; bar: Bar; marks: Marks };

export async function serviceRows(page: Page, seen: readonly SeenService[]): Promise<ServiceRow[]> {
  const at = Date.now();
  const ids = seen.map(({ placementId }) => placementId);
  const past = await pastOf(page.db, ids, at - DAY, { processes: false });
  const marks = await marksFor(page, seen, past, at);
  return seen.flatMap((row) => {
    const mark = marks.get(row.placementId);
    const bar = dayBar(past.get(row.placementId), at);
    return mark ? [{ ...row, words: seenWords(page.t, row.message), bar, marks: mark }] : [];
  });
}

type Seen = Pick<
  SeenService,
  'placementId' | 'projectId' | 'projectKey' | 'groupId' | 'environment' | 'hostId' | 'hostName' | 'state'
>;

/** What is to be said of each, by placement. */
export async function marksFor(
  page: Page,
  seen: readonly Seen[],
  past: ReadonlyMap<string, Past>,
  at: number,
): Promise<Map<string, Marks>> {
  const { db, settings } = page;
  const held = await mutes.current(db);
  const production = new Map((await environments.all(db)).map((one) => [one.name, one.production]));
  const known = await placementMarks(
    db,
    seen.map(({ placementId }) => placementId),
  );
  return new Map(
    seen.map((one): [string, Marks] => {
      const mark = known.get(one.placementId) ?? { badLooks: 0, busy: false };
      const place = { ...one, production: production.get(one.environment) ?? true };
      const flips = past.get(one.placementId)?.flips.filter(({ processName }) => processName === null) ?? [];
      return [one.placementId, marksOf({ ...one, ...mark, place, flips }, held, at, settings.alarmRetries)];
    }),
  );
}
