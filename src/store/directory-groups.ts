import { createHash } from 'node:crypto';
import { type DirectoryGift, giftKey } from '../model/directory-gift.ts';
import type { Db } from './database.ts';

/** What a group of the directory gives, as admins set it. */
export type DirectoryGroup = DirectoryGift & { id: string };

/** By name. */
export async function all(db: Db): Promise<DirectoryGroup[]> {
  return (await db('directory_groups').orderBy(['name', 'id']).limit(1000)).map(groupOf);
}

export async function byId(db: Db, id: string): Promise<DirectoryGroup | null> {
  const row = await db('directory_groups').where({ id }).first();
  return row ? groupOf(row) : null;
}

/** Adds one. A directory's group that gives this already hits the unique key (`isDuplicate`). */
export async function add(db: Db, group: DirectoryGroup): Promise<void> {
  const what = `${giftKey(group.name)}\n\n${group.groupId ?? ''}`;
  await db('directory_groups').insert({
    id: group.id,
    name: group.name,
    name_and_gift: createHash('sha256').update(what).digest('hex'),
    admin: group.admin,
    group_id: group.groupId,
    config: group.config,
    deploy: group.deploy,
    created_at: Date.now(),
  });
}

export async function remove(db: Db, id: string): Promise<void> {
  await db('directory_groups').where({ id }).delete();
}

function groupOf(row: Record<string, unknown>): DirectoryGroup {
  return {
    id: row.id as string,
    name: row.name as string,
    admin: Boolean(row.admin),
    groupId: row.group_id as string | null,
    config: Boolean(row.config),
    deploy: Boolean(row.deploy),
  };
}
