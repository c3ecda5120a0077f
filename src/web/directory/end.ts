import { record } from '../../store/audit.ts';
import type { Db } from '../../store/database.ts';
import * as directoryUsers from '../../store/directory-users.ts';
import * as sessions from '../../store/sessions.ts';

/** Disables somebody whom the directory does not let in any more; `doubt`: whom it cannot confirm. */
export async function end(trx: Db, user: directoryUsers.DirectoryUser, doubt: string | null): Promise<void> {
  const disabledAt = await directoryUsers.disable(trx, user.id);
  await sessions.endAllOf(trx, user.id);
  await record(trx, {
    ...{ actor: 'directory', via: 'web', action: 'user.disable', object: `user:${user.username}` },
    ...{ before: { disabledAt: null }, after: { disabledAt }, result: 'ok' },
    ...(doubt !== null && { reason: `not confirmed: ${doubt}` }),
  });
}
