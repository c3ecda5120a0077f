import type { Look, Moment, Reachable, SupervisorSeen } from '../model/look.ts';
import { stateOfHost } from '../model/look.ts';
import { type Change, changeOf } from '../model/seen-change.ts';
import type { Db } from './database.ts';
import type { NewFlip } from './flips.ts';
import { inParts } from './in-parts.ts';

type Row = {
  host_id: string;
  reachable: Reachable;
  supervisor: SupervisorSeen;
  message: string | null;
  since: number | null;
  checked_at: number;
  bad_since: number | null;
  bad_looks: number;
};

/** Writes what looks found out about the machines themselves. Gives what changed. */
export async function recordHosts(
  trx: Db,
  looks: readonly Look[],
  { at, staleMs }: Moment,
  recorder: string | null,
): Promise<NewFlip[]> {
  const ids = looks.map(({ hostId }) => hostId);
  const rows: Row[] = await trx('host_states').whereIn('host_id', ids);
  const before = new Map(rows.map((row) => [row.host_id, row]));
  const flips: NewFlip[] = [];
  const changed: Record<string, unknown>[] = [];
  const dated = { checked_at: at, recorder, ...(recorder === null ? {} : { swept_at: at }) };
  for (const { hostId, host } of looks) {
    const row = before.get(hostId);
    const state = stateOfHost(host);
    const change = changeOf(
      row && Number(row.checked_at) > 0 ? standing(row) : null,
      { state, since: null },
      at,
      staleMs,
    );
    const place = { hostId, placementId: null, processName: null, message: host.message };
    flips.push(...change.turns.map((turn) => ({ ...place, ...turn })));
    if (row && isSame(row, host, change)) continue;
    changed.push({ host_id: hostId, ...host, ...dates(change), ...dated });
  }
  await trx('host_states').whereIn('host_id', ids).update(dated);
  for (const part of inParts(changed, 200))
    await trx('host_states').insert(part).onConflict('host_id').merge();
  await trx('host_states').whereIn('host_id', ids).whereNull('seen_since').update({ seen_since: at });
  return flips;
}

function standing(row: Row) {
  return {
    state: stateOfHost(row),
    since: row.since === null ? null : Number(row.since),
    checkedAt: Number(row.checked_at),
    badSince: row.bad_since === null ? null : Number(row.bad_since),
    badLooks: Number(row.bad_looks),
  };
}

function dates({ since, badSince, badLooks }: Change) {
  return { since, bad_since: badSince, bad_looks: badLooks };
}

function isSame(row: Row, host: Look['host'], change: Change): boolean {
  return (
    row.reachable === host.reachable &&
    row.supervisor === host.supervisor &&
    row.message === host.message &&
    Number(row.since) === change.since &&
    Number(row.bad_looks) === change.badLooks
  );
}
