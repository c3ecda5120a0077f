import { ulid } from 'ulid';
import { isWerkzeugHash } from '../auth/werkzeug.ts';
import { username } from '../model/username.ts';
import * as imported from '../store/imported.ts';
import * as users from '../store/users.ts';
import type { OldUser } from './rows.ts';
import type { Taking } from './taking.ts';

/** Letters of other scripts may become these when they are made small (S3). */
const PLAIN = /^[\x21-\x7e]+$/;

/** Takes the accounts; gives the ids of all that are here, by the original's name. */
export async function takeUsers(taking: Taking): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const old of taking.original.users) {
    const id = await takeUser(taking, old);
    if (id !== null) ids.set(old.username, id);
  }
  return ids;
}

async function takeUser({ trx, settings, findings }: Taking, old: OldUser): Promise<string | null> {
  const earlier = await imported.takenAs(trx, 'user', old.username);
  if (earlier !== null) {
    const here = await users.byId(trx, earlier);
    findings.add('user', old.username, 'there', here ? '' : 'removed here since');
    return here ? earlier : null;
  }
  const name = username.safeParse(old.username.toLowerCase());
  if (!name.success || !PLAIN.test(old.username)) {
    findings.add('user', old.username, 'left', 'the name may hold only a-z, 0-9, dot, dash and underscore');
    return null;
  }
  const namesake = (await users.all(trx)).find((user) => user.username === name.data);
  if (namesake) {
    findings.add('user', old.username, 'there', 'an account of that name is kept as it is');
    return namesake.id;
  }
  const hashed = isWerkzeugHash(old.passwordHash);
  const id = ulid();
  await users.add(trx, {
    ...{ id, username: name.data, displayName: old.username },
    passwordHash: hashed ? old.passwordHash : null,
    role: settings.admins.includes(old.username) ? 'admin' : 'user',
  });
  await imported.remember(trx, 'user', old.username, id);
  findings.add(
    'user',
    old.username,
    hashed ? 'taken' : 'partly',
    hashed ? '' : 'no password that can be read: set one',
  );
  return id;
}
