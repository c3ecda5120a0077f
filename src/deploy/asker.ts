import { CedarError } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import type { Person } from '../model/person.ts';
import type { Db } from '../store/database.ts';
import * as operations from '../store/operations.ts';

/** Who asks for an operation, why, and by which way. A program's username is `token:<name>` or `webhook:<name>`. */
export type Asker = {
  by: Pick<Person, 'id' | 'username' | 'displayName'>;
  via: 'web' | 'api' | 'worker';
  ip?: string | null;
  requestId?: string | null;
  reason?: string | null;
  idempotencyKey?: string | null;
  tokenId?: string | null;
  /** An admin's reason to go past closed windows, freezes and locks set by hand. */
  pass?: string | null;
};

/** What of an asker goes on to `launch`. */
export function askerOf({ by, via, ip, requestId, reason, idempotencyKey, tokenId, pass }: Asker): Asker {
  return { by, via, ip, requestId, reason, idempotencyKey, tokenId, pass };
}

/**
 * The operation that was asked for under the same key; null where the key is new.
 * @throws CedarError `idempotency_key_reused` (409) where it was used for something else
 */
export async function askedBefore(
  db: Db,
  { idempotencyKey }: Asker,
  fits: (operation: Operation) => boolean,
): Promise<Operation | null> {
  const earlier = idempotencyKey ? await operations.byIdempotencyKey(db, idempotencyKey) : null;
  if (earlier && !fits(earlier)) throw new CedarError('idempotency_key_reused', {}, 409);
  return earlier;
}
