import { CedarError } from '../../errors.ts';
import { once } from '../../store/api-requests.ts';
import type { Db } from '../../store/database.ts';
import { writing } from '../../store/transaction.ts';
import type { Call } from './call.ts';
import type { Answer } from './endpoint.ts';
import { answerOf } from './operations.ts';

const NAME = /^[\x21-\x7e]{1,200}$/;

/** The request's Idempotency-Key; null where there is none. @throws CedarError `idempotency_key` (400) */
export function requestName(call: Call): string | null {
  const key = call.req.get('Idempotency-Key');
  if (key === undefined) return null;
  if (!NAME.test(key)) throw new CedarError('idempotency_key', {}, 400);
  return key;
}

/**
 * Launches an operation and gives its id: the same request under the same Idempotency-Key the same one (S77, S78).
 * `body` is all that makes two requests the same. `launch` is run in one transaction: what it throws undoes all.
 */
export async function launched(
  call: Call,
  body: unknown,
  launch: (db: Db) => Promise<{ id: string }>,
): Promise<string> {
  const key = requestName(call);
  if (key === null) return (await retold(() => writing(call.db, launch))).id;
  const named = { tokenId: call.caller.token.id, key, body: { path: call.req.path, body } };
  return retold(() => once(call.db, named, async (trx) => (await launch(trx)).id));
}

/** A locked project is told with the seconds after which to ask again. */
async function retold<T>(deed: () => Promise<T>): Promise<T> {
  try {
    return await deed();
  } catch (error) {
    if (!(error instanceof CedarError) || error.code !== 'locked') throw error;
    throw new CedarError('locked', { ...error.detail, retryAfter: 5 }, 409, { cause: error });
  }
}

/** 202 with the operation and where it can be watched. */
export async function accepted(call: Call, id: string): Promise<Answer> {
  const operation = await answerOf(call, id);
  return { status: 202, body: operation, headers: { Location: operation.href } };
}
