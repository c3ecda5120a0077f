import { ulid } from 'ulid';
import type { DirectoryPerson } from '../../auth/ldap/directory-settings.ts';
import { foldName } from '../../auth/ldap/name.ts';
import { username } from '../../model/username.ts';
import { record } from '../../store/audit.ts';
import type { Db } from '../../store/database.ts';
import * as directoryUsers from '../../store/directory-users.ts';
import { isDuplicate, writing } from '../../store/transaction.ts';
import { applyGifts } from './gifts.ts';

/**
 * The account of somebody whom the directory has just confirmed, made or brought up to date.
 * @returns its id; null where the directory's name for them is no name here or belongs to another account
 */
export async function admit(db: Db, found: DirectoryPerson): Promise<string | null> {
  try {
    return await writing(db, async (trx) => {
      const user = await directoryUsers.byDirectoryId(trx, found.id);
      return user ? confirm(trx, user, found) : begin(trx, found);
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return null;
  }
}

/** Notes that the directory still knows somebody. */
export async function confirm(
  trx: Db,
  user: directoryUsers.DirectoryUser,
  found: DirectoryPerson,
): Promise<string> {
  await directoryUsers.confirm(trx, user, found);
  if (user.byDirectory)
    await record(trx, {
      ...{ actor: 'directory', via: 'web', action: 'user.enable', object: `user:${user.username}` },
      ...{ before: { disabledAt: user.disabledAt }, after: { disabledAt: null }, result: 'ok' },
    });
  await applyGifts(trx, user, found.groups);
  return user.id;
}

/** The first time. The name is the directory's own, in the plain letters of all names here. */
async function begin(trx: Db, found: DirectoryPerson): Promise<string | null> {
  const name = username.safeParse(foldName(found.username));
  if (!name.success || (await directoryUsers.isLocal(trx, name.data))) return null;
  const user = {
    id: ulid(),
    username: name.data,
    displayName: found.displayName,
    directoryId: found.id,
    dn: found.dn,
  };
  await directoryUsers.add(trx, user);
  await record(trx, {
    ...{ actor: 'directory', via: 'web', action: 'user.add', object: `user:${user.username}` },
    ...{ after: user, result: 'ok' },
  });
  await applyGifts(trx, { ...user, role: 'user', roleBy: null }, found.groups);
  return user.id;
}
