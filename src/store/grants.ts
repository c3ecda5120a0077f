import type { Grant } from '../model/person.ts';
import type { Db } from './database.ts';

/** One member of a group. */
export type Member = Grant & { userId: string; username: string; displayName: string };

/** What somebody holds now, in any group. Grants that have ended count nowhere. */
export async function ofUser(db: Db, userId: string): Promise<Grant[]> {
  return (await held(db).where({ user_id: userId }).orderBy('group_id')).map(grantOf);
}

/** Grants that have not ended. */
export function held(db: Db) {
  const now = Date.now();
  return db('grants').where((end) => end.whereNull('grants.ends_at').orWhere('grants.ends_at', '>', now));
}

/** Everything that anybody holds now, by user id. */
export async function byUser(db: Db): Promise<Map<string, Grant[]>> {
  const grants = new Map<string, Grant[]>();
  for (const row of await held(db).orderBy('group_id'))
    grants.set(row.user_id, [...(grants.get(row.user_id) ?? []), grantOf(row)]);
  return grants;
}

/** The members of a group now, by name. */
export async function ofGroup(db: Db, groupId: string): Promise<Member[]> {
  const rows = await held(db)
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
      ends_at: grant.until ?? null,
      created_at: Date.now(),
    })
    .onConflict(['user_id', 'group_id'])
    .merge(['config', 'deploy', 'ends_at']);
}

/** Takes somebody out of a group. */
export async function take(db: Db, userId: string, groupId: string): Promise<void> {
  await db('grants').where({ user_id: userId, group_id: groupId }).delete();
}

function grantOf(row: Record<string, unknown>): Grant {
  const may = { config: Boolean(row.config), deploy: Boolean(row.deploy) };
  const until = row.ends_at === null ? {} : { until: Number(row.ends_at) };
  return { groupId: row.group_id as string, ...may, ...until };
}
