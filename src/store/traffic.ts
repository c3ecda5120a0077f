import { now, readClock } from './clock.ts';
import type { Db } from './database.ts';
import type { Lease } from './locks.ts';

/** Whether a process shall get traffic and whether it does, as the registry steps left it. */
export type Traffic = {
  projectId: string;
  hostId: string;
  process: number;
  desired: 'in' | 'out';
  observed: 'in' | 'out' | 'unknown';
  /** Since when it is in, or since when it is not. */
  since: number;
  /** When its registry confirmed that it is out; null unless it surely is. */
  outAt: number | null;
  /** What its registry needs to put it in again. */
  kept: string | null;
  operationId: string | null;
};

/** One process on one host. */
export type Place = Pick<Traffic, 'hostId' | 'process'>;

/** What the ledger says of one process; null: it was never taken out or put in. */
export async function of(db: Db, projectId: string, { hostId, process }: Place): Promise<Traffic | null> {
  const row = await db('traffic').where({ project_id: projectId, host_id: hostId, process }).first();
  return row ? trafficOf(row) : null;
}

/** Writes what shall be and what is, with its operation; only the holder of the project's lease does. */
export async function set(
  trx: Db,
  lease: Lease,
  place: Place,
  state: Pick<Traffic, 'desired' | 'observed'>,
): Promise<void> {
  const before = await of(trx, lease.projectId, place);
  const clock = await readClock(trx);
  const stays = before !== null && (before.observed === 'in') === (state.observed === 'in');
  const key = { project_id: lease.projectId, host_id: place.hostId, process: place.process };
  const change = {
    ...state,
    since: stays ? before.since : clock,
    out_at: outAt(before, state, clock),
    operation_id: lease.operationId,
  };
  await trx('traffic')
    .insert({ ...key, ...change })
    .onConflict(['project_id', 'host_id', 'process'])
    .merge(change);
}

function outAt(
  before: Traffic | null,
  { desired, observed }: Pick<Traffic, 'desired' | 'observed'>,
  clock: number,
): number | null {
  if (desired === 'in' || observed === 'in') return null;
  return before?.outAt ?? (observed === 'out' ? clock : null);
}

/** Keeps what the registry needs to put an instance in again; its row is there already. */
export async function keep(trx: Db, lease: Lease, place: Place, kept: string): Promise<void> {
  const key = { project_id: lease.projectId, host_id: place.hostId, process: place.process };
  await trx('traffic').where(key).update({ kept });
}

/** How long ago the registry confirmed that a process is out, in milliseconds; null where it did not. */
export async function outFor(db: Db, projectId: string, place: Place): Promise<number | null> {
  const row = await db('traffic')
    .where({ project_id: projectId, host_id: place.hostId, process: place.process })
    .whereNotNull('out_at')
    .first(db.raw('(? - out_at) as age', [now(db)]));
  return row ? Number(row.age) : null;
}

/** Instances that are out of traffic, or may be. */
export async function out(db: Db, projectIds: string[]): Promise<Traffic[]> {
  const rows = await db('traffic').whereNot({ observed: 'in' }).whereIn('project_id', projectIds);
  return rows.map(trafficOf);
}

function trafficOf(row: Record<string, unknown>): Traffic {
  return {
    projectId: row.project_id as string,
    hostId: row.host_id as string,
    process: Number(row.process),
    desired: row.desired as Traffic['desired'],
    observed: row.observed as Traffic['observed'],
    since: Number(row.since),
    outAt: row.out_at === null ? null : Number(row.out_at),
    kept: row.kept as string | null,
    operationId: row.operation_id as string | null,
  };
}
