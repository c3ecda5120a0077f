import type { Grant } from '../model/person.ts';
import type { Db } from './database.ts';

/** One member of a group. */
export type Member = Grant & { userId: string; username: string; displayName: string };

/** What somebody holds now, in any group. Grants that have ended count nowhere. */
export async function ofUser(db: Db, userId: string): Promise<Grant[]> {
  return (await held(db).where({ user_id: userId }).orderBy('group_id')).map(grantOf);
}

/** What somebody was given by hand, without what the directory gives them. */
export async function byHand(db: Db, userId: string): Promise<Grant[]> {
  const rows = await held(db).where({ user_id: userId, by_hand: true }).orderBy('group_id');
  return rows.filter(isByHand).map((row) => grantOf({ ...row, directory: false }));
}

/** Grants that have not ended. What the directory gives ends when the directory takes it. */
export function held(db: Db) {
  const now = Date.now();
  return db('grants').where((held) =>
    held
      .where('grants.directory', true)
      .orWhere((hand) =>
        hand
          .where('grants.by_hand', true)
          .andWhere((end) => end.whereNull('grants.ends_at').orWhere('grants.ends_at', '>', now)),
      ),
  );
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

/** Gives somebody a place in a group by hand, or changes what they may do there. */
export async function give(db: Db, userId: string, grant: Grant): Promise<void> {
  await db('grants')
    .insert({
      user_id: userId,
      group_id: grant.groupId,
      config: grant.config,
      deploy: grant.deploy,
      ends_at: grant.until ?? null,
      by_hand: true,
      created_at: Date.now(),
    })
    .onConflict(['user_id', 'group_id'])
    .merge(['config', 'deploy', 'ends_at', 'by_hand']);
}

/** Takes what was given by hand. */
export async function take(db: Db, userId: string, groupId: string): Promise<void> {
  const one = { user_id: userId, group_id: groupId };
  await db('grants')
    .where({ ...one, directory: false })
    .delete();
  await db('grants').where(one).update({ by_hand: false, config: false, deploy: false, ends_at: null });
}

function isByHand(row: Record<string, unknown>): boolean {
  const endsAt = row.ends_at === null ? Number.POSITIVE_INFINITY : Number(row.ends_at);
  return Boolean(row.by_hand) && endsAt > Date.now();
}

/** One row may hold both: what was given by hand, until its end, and what the directory gives. */
function grantOf(row: Record<string, unknown>): Grant {
  const [hand, directory] = [isByHand(row), Boolean(row.directory)];
  const until = hand && !directory && row.ends_at !== null ? { until: Number(row.ends_at) } : {};
  return {
    groupId: row.group_id as string,
    config: (hand && Boolean(row.config)) || (directory && Boolean(row.directory_config)),
    deploy: (hand && Boolean(row.deploy)) || (directory && Boolean(row.directory_deploy)),
    ...until,
  };
}
