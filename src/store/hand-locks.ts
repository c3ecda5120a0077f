import { ulid } from 'ulid';
import type { HandLock } from '../model/hand-lock.ts';
import type { Project } from '../model/project.ts';
import type { ScopeKind } from '../model/window.ts';
import type { Db } from './database.ts';

/** Those that hold at a moment (epoch ms), oldest first. */
export async function holding(db: Db, at: number): Promise<HandLock[]> {
  const rows: Record<string, unknown>[] = await db('hand_locks')
    .whereNull('lifted_at')
    .andWhere((end) => end.whereNull('until_at').orWhere('until_at', '>', at))
    .orderBy('id');
  return rows.map(lockOf);
}

/** Those that hold for a project: its own, its group's, its environment's, and those on everything. */
export async function covering(
  db: Db,
  { id, groupId, environment }: Pick<Project, 'id' | 'groupId' | 'environment'>,
  at: number,
): Promise<HandLock[]> {
  const names = { project: id, group: groupId, environment, everything: '' };
  return (await holding(db, at)).filter(({ scope }) => names[scope.kind] === scope.id);
}

/** Gives its id. */
export async function add(db: Db, lock: Omit<HandLock, 'id'>): Promise<string> {
  const id = ulid();
  await db('hand_locks').insert({
    ...{ id, scope: lock.scope.kind, scope_id: lock.scope.id, warning: lock.warning, reason: lock.reason },
    ...{ by_name: lock.by, by_admin: lock.byAdmin, since_at: lock.since, until_at: lock.until },
  });
  return id;
}

/** False where it was lifted before. */
export async function lift(db: Db, id: string, by: string): Promise<boolean> {
  const lifted = { lifted_at: Date.now(), lifted_by: by };
  return (await db('hand_locks').where({ id }).whereNull('lifted_at').update(lifted)) === 1;
}

function lockOf(row: Record<string, unknown>): HandLock {
  return {
    id: row.id as string,
    scope: { kind: row.scope as ScopeKind, id: row.scope_id as string },
    warning: Boolean(row.warning),
    reason: row.reason as string,
    by: row.by_name as string,
    byAdmin: Boolean(row.by_admin),
    since: Number(row.since_at),
    until: row.until_at === null ? null : Number(row.until_at),
  };
}
