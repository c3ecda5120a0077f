import { giftsFor } from '../../model/directory-gift.ts';
import type { Grant } from '../../model/person.ts';
import * as admins from '../../store/admins.ts';
import { record } from '../../store/audit.ts';
import type { Db } from '../../store/database.ts';
import * as directoryGrants from '../../store/directory-grants.ts';
import * as directoryGroups from '../../store/directory-groups.ts';
import type { DirectoryUser } from '../../store/directory-users.ts';
import * as sessions from '../../store/sessions.ts';
import * as users from '../../store/users.ts';

type Receiver = Pick<DirectoryUser, 'id' | 'username' | 'role' | 'roleBy'>;

/**
 * Gives somebody what their groups of the directory give, and takes what came from there and is given no more. What
 * was given by hand stays. `groups` null: the directory did not show them, nothing changes.
 */
export async function applyGifts(trx: Db, user: Receiver, groups: string[] | null): Promise<void> {
  const gifts = await directoryGroups.all(trx);
  if (groups === null && gifts.length > 0) return;
  const { admin, grants } = giftsFor(gifts, groups ?? []);
  await applyGrants(trx, user, grants);
  if (admin) await makeAdmin(trx, user);
  else if (user.role === 'admin' && user.roleBy !== null) await takeAdmin(trx, user);
}

async function applyGrants(trx: Db, user: Receiver, after: Grant[]): Promise<void> {
  const before = await directoryGrants.ofUser(trx, user.id);
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  for (const grant of after) await directoryGrants.give(trx, user.id, grant);
  for (const { groupId } of before)
    if (!after.some((grant) => grant.groupId === groupId)) await directoryGrants.take(trx, user.id, groupId);
  await note(trx, user, 'grant.change', before, after);
}

/** Who is an admin by hand stays one by hand. */
async function makeAdmin(trx: Db, user: Receiver): Promise<void> {
  if (user.role === 'admin' && user.roleBy !== 'directory_kept') return;
  await users.setRole(trx, user.id, 'admin', 'directory');
  if (user.role === 'admin') return;
  await sessions.endAllOf(trx, user.id);
  await note(trx, user, 'user.role', { role: user.role }, { role: 'admin' });
}

async function takeAdmin(trx: Db, user: Receiver): Promise<void> {
  if (await admins.isLast(trx, user.id)) return keepLast(trx, user);
  await users.setRole(trx, user.id, 'user');
  await sessions.endAllOf(trx, user.id);
  await note(trx, user, 'user.role', { role: 'admin' }, { role: 'user' });
}

/** Told once, not with every check. */
async function keepLast(trx: Db, user: Receiver): Promise<void> {
  if (user.roleBy === 'directory_kept') return;
  await users.setRole(trx, user.id, 'admin', 'directory_kept');
  const kept = { action: 'user.role', object: `user:${user.username}`, result: 'refused' } as const;
  await record(trx, { actor: 'directory', via: 'web', ...kept, reason: 'last_admin' });
}

async function note(trx: Db, user: Receiver, action: string, before: unknown, after: unknown): Promise<void> {
  const what = { action, object: `user:${user.username}`, before, after };
  await record(trx, { actor: 'directory', via: 'web', result: 'ok', ...what });
}
