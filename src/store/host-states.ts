import { now } from './clock.ts';
import type { Db } from './database.ts';
import { isDuplicate } from './transaction.ts';

/** yes: ssh answered · no: it did not · unknown: nobody looked lately, or no host key is pinned. */
export type Reachable = 'yes' | 'no' | 'unknown';
/** rpc, ctl: it answers, and how it was asked · down · hung · none: not needed there or not installed · unknown. */
export const supervisorSeen = ['rpc', 'ctl', 'down', 'hung', 'none', 'unknown'] as const;
export type SupervisorSeen = (typeof supervisorSeen)[number];

/** A machine as last seen. `message` is the code of an error, such as `ssh_host-key`. */
export type HostState = {
  reachable: Reachable;
  supervisor: SupervisorSeen;
  message: string | null;
  checkedAt: number | null;
};

/** The last known state of every machine ever looked at; one older than `staleMs` is unknown. */
export async function hostStates(db: Db, staleMs: number): Promise<Map<string, HostState>> {
  const rows = await db('host_states').select('*', db.raw('(? - checked_at) as age', [now(db)]));
  return new Map(rows.map((row): [string, HostState] => [row.host_id, hostState(row, staleMs)]));
}

type Row = Omit<HostState, 'checkedAt'> & { checked_at: number; age: number };

function hostState(row: Row, staleMs: number): HostState {
  const stale = Number(row.age) > staleMs;
  const seen = Number(row.checked_at);
  return {
    reachable: stale ? 'unknown' : row.reachable,
    supervisor: stale ? 'unknown' : row.supervisor,
    message: row.message,
    checkedAt: seen === 0 ? null : seen,
  };
}

/**
 * Claims the look at one machine: true for exactly one of several health processes per `intervalMs`, by the
 * database's clock.
 */
export async function claimLook(db: Db, hostId: string, intervalMs: number): Promise<boolean> {
  await makeRow(db, hostId);
  const taken = await db('host_states')
    .where({ host_id: hostId })
    .andWhere('checked_at', '<=', db.raw('(? - ?)', [now(db), Math.round(intervalMs)]))
    .update({ checked_at: now(db) });
  return taken === 1;
}

async function makeRow(db: Db, hostId: string): Promise<void> {
  if (await db('host_states').where({ host_id: hostId }).first('host_id')) return;
  const row = { host_id: hostId, reachable: 'unknown', supervisor: 'unknown', message: null, checked_at: 0 };
  try {
    await db('host_states').insert(row);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
}

/** Writes what a look found out about the machine itself; the look is dated by its claim. */
export async function recordHost(db: Db, hostId: string, seen: Omit<HostState, 'checkedAt'>): Promise<void> {
  const row = { host_id: hostId, ...seen, checked_at: now(db) };
  await db('host_states').insert(row).onConflict('host_id').merge(['reachable', 'supervisor', 'message']);
}
