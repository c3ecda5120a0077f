import type { LiveProcess } from '../model/live-state.ts';
import { isNear, type Moment, short } from '../model/look.ts';
import type { LiveState } from '../model/process.ts';
import { changeOf } from '../model/seen-change.ts';
import type { Db } from './database.ts';
import type { NewFlip } from './flips.ts';
import { inParts } from './in-parts.ts';

/** The processes of one placement as a look found them. `checkedAt`: when it was looked at before. */
export type SeenProcesses = {
  hostId: string;
  placementId: string;
  checkedAt: number | null;
  found: LiveProcess[];
};

type Row = {
  placement_id: string;
  process_name: string;
  state: LiveState;
  pid: number | null;
  since: number | null;
  message: string | null;
};

/** Writes the processes of some placements: what is as it was is left alone. Gives what changed. */
export async function recordProcesses(
  trx: Db,
  seen: readonly SeenProcesses[],
  moment: Moment,
): Promise<NewFlip[]> {
  const ids = seen.map(({ placementId }) => placementId);
  const rows: Row[] = ids.length > 0 ? await trx('process_states').whereIn('placement_id', ids) : [];
  const before = new Map(rows.map((row) => [nameOf(row.placement_id, row.process_name), row]));
  const changed: Record<string, unknown>[] = [];
  const flips: NewFlip[] = [];
  for (const one of seen)
    for (const process of one.found) {
      const name = process.name.slice(0, 160);
      const row = before.get(nameOf(one.placementId, name));
      before.delete(nameOf(one.placementId, name));
      flips.push(...turnsOf(one, { ...process, name }, row, moment));
      if (!row || !isSame(row, process)) changed.push(rowOf(one.placementId, name, process, moment.at));
    }
  for (const { placement_id, process_name } of before.values())
    await trx('process_states').where({ placement_id, process_name }).delete();
  for (const part of inParts(changed, 200))
    await trx('process_states').insert(part).onConflict(['placement_id', 'process_name']).merge();
  return flips;
}

function turnsOf(
  { hostId, placementId, checkedAt }: SeenProcesses,
  process: LiveProcess,
  row: Row | undefined,
  { at, staleMs }: Moment,
): NewFlip[] {
  if (!row || checkedAt === null) return [];
  const known = { state: row.state, since: row.since, checkedAt, badSince: null, badLooks: 0 };
  const { turns } = changeOf(known, process, at, staleMs);
  const place = { hostId, placementId, processName: process.name, message: short(process.message) };
  if (turns.length === 0 && isRestarted(row, process))
    return [{ ...place, at, from: row.state, to: process.state, message: 'restarted' }];
  return turns.map((turn) => ({ ...place, ...turn }));
}

/** Up at both looks, but not all the time between them: one that dies every minute is never met dead. */
function isRestarted(row: Row, { state, pid }: LiveProcess): boolean {
  return state === 'running' && row.pid !== null && pid !== null && Number(row.pid) !== pid;
}

function rowOf(placementId: string, name: string, process: LiveProcess, at: number) {
  return {
    placement_id: placementId,
    process_name: name,
    state: process.state,
    pid: process.pid,
    since: process.since,
    message: short(process.message),
    checked_at: at,
  };
}

function isSame(row: Row, process: LiveProcess): boolean {
  return (
    row.state === process.state &&
    (row.pid === null ? null : Number(row.pid)) === process.pid &&
    isNear(row.since, process.since) &&
    row.message === short(process.message)
  );
}

function nameOf(placementId: string, process: string): string {
  return `${placementId} ${process}`;
}
