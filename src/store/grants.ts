import type { Grant } from '../model/person.ts';
import type { Db } from './database.ts';

/** One member of a group. */
export type Member = Grant & { userId: string; username: string; displayName: string };

/** What somebody holds, in any group. */
export async function ofUser(db: Db, userId: string): Promise<Grant[]> {
  return (await db('grants').where({ user_id: userId }).orderBy('group_id')).map(grantOf);
}

/** Everything that anybody holds, by user id. */
export async function byUser(db: Db): Promise<Map<string, Grant[]>> {
  const grants = new Map<string, Grant[]>();
  for (const row of await db('grants').orderBy('group_id'))
    grants.set(row.user_id, [...(grants.get(row.user_id) ?? []), grantOf(row)]);
  return grants;
}

/** The members of a group, by name. */
export async function ofGroup(db: Db, groupId: string): Promise<Member[]> {
  const rows = await db('grants')
    .join('users', 'users.id', 'grants.user_id')
    .where('grants.group_id', groupId)
    .orderBy('users.username')
    .select('grants.*', 'users.username', 'users.display_name');
  return rows.map((row) => ({
    ...grantOf(row),
    userId: row.user_id,
    username: row.username,
    displayName: row.display_name,
  }));
}

/** Gives somebody a place in a group, or changes what they may do there. */
export async function give(db: Db, userId: string, grant: Grant): Promise<void> {
  await db('grants')
    .insert({
      user_id: userId,
      group_id: grant.groupId,
      config: grant.config,
      deploy: grant.deploy,
      created_at: Date.now(),
    })
    .onConflict(['user_id', 'group_id'])
    .merge(['config', 'deploy']);
}

/** Takes somebody out of a group. */
export async function take(db: Db, userId: string, groupId: string): Promise<void> {
  await db('grants').where({ user_id: userId, group_id: groupId }).delete();
}

function grantOf(row: Record<string, unknown>): Grant {
  return { groupId: row.group_id as string, config: Boolean(row.config), deploy: Boolean(row.deploy) };
}
