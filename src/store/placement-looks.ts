import { isNear, type Look, type Moment, type SeenPlacement, short } from '../model/look.ts';
import type { LiveState } from '../model/process.ts';
import { type Change, changeOf } from '../model/seen-change.ts';
import type { Db } from './database.ts';
import type { NewFlip } from './flips.ts';
import { inParts } from './in-parts.ts';
import { recordProcesses, type SeenProcesses } from './process-looks.ts';

type Row = {
  placement_id: string;
  state: LiveState;
  since: number | null;
  release_id: string | null;
  message: string | null;
  checked_at: number;
  bad_since: number | null;
  bad_looks: number;
};

/** What a later look changes. */
const KEPT = ['state', 'since', 'release_id', 'message', 'bad_since', 'bad_looks', 'checked_at'];

/** Writes what looks found out about placements and their processes. Gives what changed. */
export async function recordPlacements(trx: Db, looks: readonly Look[], moment: Moment): Promise<NewFlip[]> {
  const seen = looks.flatMap(({ hostId, placements }) => placements.map((one) => ({ ...one, hostId })));
  const ids = seen.map(({ placementId }) => placementId);
  if (ids.length === 0) return [];
  const there = new Set<string>(await trx('placements').whereIn('id', ids).pluck('id'));
  const rows: Row[] = await trx('placement_states').whereIn('placement_id', ids);
  const before = new Map(rows.map((row) => [row.placement_id, row]));
  const flips: NewFlip[] = [];
  const changed: Record<string, unknown>[] = [];
  const processes: SeenProcesses[] = [];
  for (const one of seen.filter(({ placementId }) => there.has(placementId))) {
    const row = before.get(one.placementId);
    const change = changeOf(row ? standing(row) : null, one, moment.at, moment.staleMs);
    const { hostId, placementId } = one;
    const message = short(one.message);
    flips.push(...change.turns.map((turn) => ({ hostId, placementId, processName: null, message, ...turn })));
    const known = row ? { ...row, checkedAt: Number(row.checked_at) } : null;
    processes.push({ hostId, found: one, before: known });
    if (!row || !isSame(row, one, change)) changed.push(rowOf(one, change, row, moment.at));
  }
  await trx('placement_states')
    .whereIn('placement_id', [...there])
    .update({ checked_at: moment.at });
  for (const part of inParts(changed, 200))
    await trx('placement_states')
      .insert(part.map((row) => ({ ...row, seen_since: moment.at })))
      .onConflict('placement_id')
      .merge(KEPT);
  return [...flips, ...(await recordProcesses(trx, processes, moment))];
}

function rowOf(seen: SeenPlacement, change: Change, row: Row | undefined, at: number) {
  return {
    placement_id: seen.placementId,
    state: seen.state,
    since: change.since,
    release_id: seen.release === undefined ? (row?.release_id ?? null) : seen.release,
    message: short(seen.message),
    bad_since: change.badSince,
    bad_looks: change.badLooks,
    checked_at: at,
  };
}

function isSame(row: Row, seen: SeenPlacement, change: Change): boolean {
  return (
    row.state === seen.state &&
    (seen.release === undefined || row.release_id === seen.release) &&
    row.message === short(seen.message) &&
    isNear(row.since, change.since) &&
    Number(row.bad_looks) === change.badLooks
  );
}

function standing(row: Row) {
  return {
    state: row.state,
    since: row.since === null ? null : Number(row.since),
    checkedAt: Number(row.checked_at),
    badSince: row.bad_since === null ? null : Number(row.bad_since),
    badLooks: Number(row.bad_looks),
  };
}
