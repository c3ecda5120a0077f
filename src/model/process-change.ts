import type { LiveProcess } from './live-state.ts';
import { isBlind, isNear, type Moment, type SeenPlacement, short } from './look.ts';
import type { LiveState } from './process.ts';
import { changeOf, type Turn } from './seen-change.ts';

/** A placement as it was last recorded, epoch ms by the database's clock. */
export type PlacedBefore = Pick<SeenPlacement, 'state' | 'message'> & { checkedAt: number };

/** A change of one process; `message` is the host's own words, or a code. */
export type ProcessTurn = Turn & { processName: string; message: string | null };

/** What is to be recorded of a placement's processes. */
export type ProcessChanges = {
  /** Those that are not as they are known. */
  changed: LiveProcess[];
  /** The names of those that are known and there no more. */
  gone: string[];
  turns: ProcessTurn[];
};

/** As much of a name as is kept. */
const NAME = 160;

/**
 * Judges the processes of a placement as a look found them. Where the look could not ask, those that are known are as
 * unreachable or unknown as the placement; where it could, one that is not there any more has ended.
 * @param before the placement as it was recorded before; null: it never was. @param known its processes then
 */
export function processChanges(
  found: Omit<SeenPlacement, 'since'>,
  before: PlacedBefore | null,
  known: readonly LiveProcess[],
  moment: Moment,
): ProcessChanges {
  const left = new Map(known.map((one) => [one.name, one]));
  const changes: ProcessChanges = { changed: [], gone: [], turns: [] };
  const here = isBlind(found) ? known.map((one) => away(one, found, before, moment)) : found.processes;
  for (const process of here.map((one) => ({ ...one, name: one.name.slice(0, NAME) }))) {
    const row = left.get(process.name) ?? null;
    left.delete(process.name);
    changes.turns.push(...turnsOf(process, row, before, moment));
    if (!row || !isSame(row, process)) changes.changed.push(process);
  }
  for (const row of left.values()) {
    changes.gone.push(row.name);
    changes.turns.push(...turnsOf(gone(row), row, before, moment));
  }
  return changes;
}

/** One that nobody could ask for, since when. */
function away(
  known: LiveProcess,
  { state, message }: Omit<SeenPlacement, 'since'>,
  before: PlacedBefore | null,
  { at, staleMs }: Moment,
): LiveProcess {
  const { since } = changeOf(before && standing(known, before), { state, since: null }, at, staleMs);
  return { ...known, state, message, pid: null, since };
}

function gone(known: LiveProcess): LiveProcess {
  return { ...known, state: 'stopped', pid: null, since: null, message: 'process_gone' };
}

/** @param known null: it was not there, as far as anybody could tell */
function turnsOf(
  process: LiveProcess,
  known: LiveProcess | null,
  before: PlacedBefore | null,
  { at, staleMs }: Moment,
): ProcessTurn[] {
  if (before === null) return [];
  const was = known ?? { state: absentIn(before), since: null };
  const { turns } = changeOf(standing(was, before), process, at, staleMs);
  const of = { processName: process.name, message: short(process.message) };
  if (turns.length === 0 && known && isRestarted(known, process))
    return [{ ...of, at, from: known.state, to: process.state, message: 'restarted' }];
  return turns.map((turn) => ({ ...of, ...turn }));
}

/** What a process was that was not told of. */
function absentIn(before: PlacedBefore): LiveState {
  return isBlind({ ...before, processes: [] }) ? 'unknown' : 'stopped';
}

/** Up at both looks, but not all the time between them: one that dies every minute is never met dead. */
function isRestarted(known: LiveProcess, { state, pid }: LiveProcess): boolean {
  return state === 'running' && known.pid !== null && pid !== null && known.pid !== pid;
}

function standing({ state, since }: Pick<LiveProcess, 'state' | 'since'>, { checkedAt }: PlacedBefore) {
  return { state, since, checkedAt, badSince: null, badLooks: 0 };
}

function isSame(known: LiveProcess, found: LiveProcess): boolean {
  return (
    known.state === found.state &&
    known.pid === found.pid &&
    isNear(known.since, found.since) &&
    known.message === short(found.message)
  );
}
