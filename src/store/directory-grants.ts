import type { Grant } from '../model/person.ts';
import type { Db } from './database.ts';

/** What the directory gives somebody, without what was given by hand. */
export async function ofUser(db: Db, userId: string): Promise<Grant[]> {
  const rows = await db('grants').where({ user_id: userId, directory: true }).orderBy('group_id');
  return rows.map((row) => ({
    groupId: row.group_id,
    config: Boolean(row.directory_config),
    deploy: Boolean(row.directory_deploy),
  }));
}

/** Gives somebody a place in a group as the directory wants it, or changes what they may do there. */
export async function give(db: Db, userId: string, grant: Grant): Promise<void> {
  await db('grants')
    .insert({
      ...{ user_id: userId, group_id: grant.groupId, created_at: Date.now() },
      ...{ by_hand: false, config: false, deploy: false },
      directory: true,
      directory_config: grant.config,
      directory_deploy: grant.deploy,
    })
    .onConflict(['user_id', 'group_id'])
    .merge(['directory', 'directory_config', 'directory_deploy']);
}

/** Takes what the directory gave; what was given by hand stays. */
export async function take(db: Db, userId: string, groupId: string): Promise<void> {
  const one = { user_id: userId, group_id: groupId };
  await db('grants')
    .where({ ...one, by_hand: false })
    .delete();
  await db('grants')
    .where(one)
    .update({ directory: false, directory_config: false, directory_deploy: false });
}
