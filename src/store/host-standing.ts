import { decodeTime } from 'ulid';
import type { HostFacts } from '../model/drift.ts';
import type { Flip } from '../model/flip.ts';
import { type Reachable, type SupervisorSeen, stateOfHost } from '../model/look.ts';
import type { LiveState } from '../model/process.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';

/** A machine as it was last seen; one last seen too long ago is `unknown` since then. */
export type HostStanding = {
  state: LiveState;
  supervisor: SupervisorSeen;
  since: number | null;
  checkedAt: number | null;
  message: string | null;
  badLooks: number;
};

export async function hostStanding(db: Db, hostId: string, staleMs: number): Promise<HostStanding> {
  const row = await db('host_states')
    .where({ host_id: hostId })
    .first('*', db.raw('abs(? - checked_at) as age', [now(db)]));
  if (!row || Number(row.checked_at) === 0)
    return {
      state: 'unknown',
      supervisor: 'unknown',
      since: null,
      checkedAt: null,
      message: null,
      badLooks: 0,
    };
  const stale = Number(row.age) > staleMs;
  const since = row.since === null ? null : Number(row.since);
  return {
    state: stale ? 'unknown' : stateOfHost(row as { reachable: Reachable; supervisor: SupervisorSeen }),
    supervisor: stale ? 'unknown' : row.supervisor,
    since: stale ? Number(row.checked_at) : since,
    checkedAt: Number(row.checked_at),
    message: row.message,
    badLooks: Number(row.bad_looks),
  };
}

/** The groups that have something on a machine. */
export async function groupsOn(db: Db, hostId: string): Promise<string[]> {
  return db('placements as p')
    .join('projects as j', 'j.id', 'p.project_id')
    .where('p.host_id', hostId)
    .distinct('j.group_id')
    .pluck('j.group_id');
}

/** A change on a machine; `projectKey` null: of the machine itself. */
export type HostFlip = Pick<Flip, 'id' | 'at' | 'processName' | 'from' | 'to' | 'message' | 'operationId'> & {
  projectKey: string | null;
};

type FlipRow = Omit<HostFlip, 'processName' | 'projectKey' | 'from' | 'to' | 'operationId'> & {
  process_name: string | null;
  project_key: string | null;
  from_state: LiveState;
  to_state: LiveState;
  operation_id: string | null;
};

/**
 * Changes of a machine and of what is placed there, newest first.
 * @param groupIds whose services are told of; undefined: all. @param before an id that the page before ended with
 */
export async function hostFlips(
  db: Db,
  hostId: string,
  { groupIds, before, limit }: { groupIds: string[] | undefined; before: string | null; limit: number },
): Promise<HostFlip[]> {
  const rows: FlipRow[] = await db('flips as f')
    .leftJoin('placements as p', 'p.id', 'f.placement_id')
    .leftJoin('projects as j', 'j.id', 'p.project_id')
    .where('f.host_id', hostId)
    .modify((query) => before && query.where('f.at', '<=', decodeTime(before)).where('f.id', '<', before))
    .where((own) =>
      own.whereNull('f.placement_id').orWhere((placed) => {
        placed.whereNotNull('j.id');
        if (groupIds) placed.whereIn('j.group_id', groupIds);
      }),
    )
    .orderBy([
      { column: 'f.at', order: 'desc' },
      { column: 'f.id', order: 'desc' },
    ])
    .limit(limit)
    .select('f.*', 'j.project_key');
  return rows.map((row) => ({
    ...{ id: row.id, at: Number(row.at), processName: row.process_name, projectKey: row.project_key },
    ...{ from: row.from_state, to: row.to_state, message: row.message, operationId: row.operation_id },
  }));
}

/** What was gathered of a machine; null: nothing yet. */
export type MachineFacts = HostFacts & { checkedAt: number };

export async function machineFacts(db: Db, hostId: string): Promise<MachineFacts | null> {
  const row = await db('host_facts').where({ host_id: hostId }).whereNotNull('checked_at').first();
  if (!row) return null;
  const disks: HostFacts['disks'] = JSON.parse(row.disks ?? '[]');
  return { clockMs: Number(row.clock_ms ?? 0), disks, checkedAt: Number(row.checked_at) };
}
