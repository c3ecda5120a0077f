import type { Operation, OperationHostState } from '../model/operation.ts';
import type { Release } from '../model/release.ts';
import type { Db } from './database.ts';
import { operationOf } from './operations.ts';
import { releaseOf } from './releases.ts';

/** Releases by id; those unknown are absent. */
export async function releasesByIds(db: Db, ids: string[]): Promise<Map<string, Release>> {
  const rows = ids.length === 0 ? [] : await db('releases').whereIn('id', ids);
  return new Map(rows.map((row) => [row.id, releaseOf(row)]));
}

/** What the newest operation that changed a project on a host left there. */
export type LastChange = { operationId: string; releaseAfter: string | null; state: OperationHostState };

/**
 * The snapshot by which a host came to run `releaseId`: of the newest operation before `operationId` that put it
 * there. Null where none of ours did.
 */
export async function pastOf(
  db: Db,
  projectId: string,
  hostId: string,
  { operationId, releaseId }: { operationId: string; releaseId: string },
): Promise<Operation | null> {
  const row = await db('operation_hosts as h')
    .join('operations as o', 'o.id', 'h.operation_id')
    .where({ 'h.host_id': hostId, 'o.project_id': projectId })
    .where('h.operation_id', '<', operationId)
    .whereIn('h.state', ['done', 'failed', 'unknown'])
    .andWhere((by) =>
      by.where('h.release_after', releaseId).orWhere({ 'o.kind': 'push-configuration', 'h.state': 'done' }),
    )
    .orderBy('h.operation_id', 'desc')
    .first('o.*');
  return row ? operationOf(row) : null;
}

/**
 * The last change of each of a project's hosts, by host id. Reads each host's newest rows by its index, never the
 * whole history.
 */
export async function lastChanges(
  db: Db,
  projectId: string,
  hostIds: string[],
): Promise<Map<string, LastChange>> {
  const found = new Map<string, LastChange>();
  for (const hostId of hostIds) {
    const row = await db('operation_hosts as h')
      .join('operations as o', 'o.id', 'h.operation_id')
      .where({ 'h.host_id': hostId, 'o.project_id': projectId })
      .whereIn('h.state', ['done', 'failed', 'unknown', 'rolled-back'])
      .whereNotNull('h.release_after')
      .orderBy('h.operation_id', 'desc')
      .first('h.operation_id', 'h.release_after', 'h.state');
    if (row)
      found.set(hostId, {
        operationId: row.operation_id,
        releaseAfter: row.release_after,
        state: row.state,
      });
  }
  return found;
}
