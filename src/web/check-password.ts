import type { Directory } from '../auth/ldap/directory.ts';
import { foldName } from '../auth/ldap/name.ts';
import { hashPassword, isOutdated, passwordMatches } from '../auth/password.ts';
import type { Person } from '../model/person.ts';
import type { Db } from '../store/database.ts';
import * as directoryUsers from '../store/directory-users.ts';
import * as users from '../store/users.ts';
import { admit } from './directory/admit.ts';

/**
 * The person whose name and password these are; null for anything else. Local accounts, and whatever looks like
 * the name of one, are judged here; all other names by the directory, where there is one.
 * @throws DirectoryAway
 */
export async function checkPassword(
  db: Db,
  directory: Directory | null,
  username: string,
  password: string,
): Promise<Person | null> {
  if (directory === null || (await directoryUsers.isLocal(db, foldName(username))))
    return checkHere(db, username, password);
  const found = await directory.signIn(username, password);
  const id = found && (await admit(db, found));
  return id ? users.person(db, id) : null;
}

/** What has no local password takes as long as a wrong one. */
async function checkHere(db: Db, username: string, password: string): Promise<Person | null> {
  const found = await users.credentials(db, username);
  const right = await passwordMatches(found?.passwordHash ?? null, password);
  if (!found || !right) return null;
  if (found.passwordHash && isOutdated(found.passwordHash))
    await users.rehash(db, found.id, found.passwordHash, await hashPassword(password));
  return users.person(db, found.id);
}
