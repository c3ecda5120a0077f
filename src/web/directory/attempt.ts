import type { Directory, Standing } from '../../auth/ldap/directory.ts';
import { foldName } from '../../auth/ldap/name.ts';
import { giftsFor } from '../../model/directory-gift.ts';
import { username } from '../../model/username.ts';
import type { Db } from '../../store/database.ts';
import * as directoryGroups from '../../store/directory-groups.ts';
import * as directoryUsers from '../../store/directory-users.ts';

/** What would become of a name at sign-in. `clash`: why the account could not be made. */
export type Attempt = Standing & {
  clash: 'local' | 'username' | null;
  gifts: ReturnType<typeof giftsFor> | null;
};

/** Looks a name up as signing in would, without a password, and changes nothing. @throws DirectoryAway */
export async function attempt(db: Db, directory: Directory, name: string): Promise<Attempt> {
  const said = await directory.byName(name);
  if (await directoryUsers.isLocal(db, foldName(name))) return { ...said, clash: 'local', gifts: null };
  if (said.is !== 'here') return { ...said, clash: null, gifts: null };
  const { groups, username: theirs } = said.person;
  const gifts = groups && giftsFor(await directoryGroups.all(db), groups);
  return { ...said, clash: await clashOf(db, theirs), gifts };
}

async function clashOf(db: Db, theirs: string): Promise<Attempt['clash']> {
  const name = username.safeParse(foldName(theirs));
  if (!name.success) return 'username';
  return (await directoryUsers.isLocal(db, name.data)) ? 'local' : null;
}
