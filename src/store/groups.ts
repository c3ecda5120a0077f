import type { Db } from './database.ts';
import { held } from './grants.ts';

/** Owns projects; people are granted what they may do in it. */
export type Group = { id: string; name: string; notes: string | null; createdAt: number };

/** A group with how much is in it. */
export type CountedGroup = Group & { projects: number; members: number };

/** By name; only some where `ids` is given. */
export async function all(db: Db, ids?: string[]): Promise<CountedGroup[]> {
  const rows: Record<string, unknown>[] = await db('project_groups')
    .modify((query) => ids && query.whereIn('id', ids))
    .orderBy('name')
    .select(
      'project_groups.*',
      db('projects').count('*').whereRaw('projects.group_id = project_groups.id').as('projects'),
      held(db).count('*').whereRaw('grants.group_id = project_groups.id').as('members'),
    );
  return rows.map((row) => ({
    ...groupOf(row),
    projects: Number(row.projects),
    members: Number(row.members),
  }));
}

export async function byId(db: Db, id: string): Promise<Group | null> {
  const row = await db('project_groups').where({ id }).first();
  return row ? groupOf(row) : null;
}

/** Adds a group. A name taken already hits the unique key (`isDuplicate`). */
export async function add(db: Db, group: Pick<Group, 'id' | 'name' | 'notes'>): Promise<void> {
  await db('project_groups').insert({ ...group, created_at: Date.now() });
}

export async function change(db: Db, id: string, to: Pick<Group, 'name' | 'notes'>): Promise<void> {
  await db('project_groups').where({ id }).update({ name: to.name, notes: to.notes });
}

/** How many projects a group owns. */
export async function projectCount(db: Db, id: string): Promise<number> {
  const row = await db('projects').where({ group_id: id }).count({ n: '*' }).first();
  return Number(row?.n ?? 0);
}

/** Removes a group and its grants. A group that still owns projects is kept by the foreign key. */
export async function remove(db: Db, id: string): Promise<void> {
  await db('project_groups').where({ id }).delete();
}

function groupOf(row: Record<string, unknown>): Group {
  return {
    id: row.id as string,
    name: row.name as string,
    notes: row.notes as string | null,
    createdAt: Number(row.created_at),
  };
}
