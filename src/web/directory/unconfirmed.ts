import type { Db } from '../../store/database.ts';
import * as directoryUsers from '../../store/directory-users.ts';

/** How old the directory's last yes may be before it is told. */
const OLD_MS = 15 * 60_000;

/** Who of the directory may come in though it has not confirmed them for more than 15 minutes. */
export function unconfirmed(db: Db): Promise<directoryUsers.DirectoryUser[]> {
  return directoryUsers.unconfirmed(db, Date.now() - OLD_MS);
}
