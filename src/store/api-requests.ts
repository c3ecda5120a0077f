import { createHash } from 'node:crypto';
import { CedarError } from '../errors.ts';
import type { Db } from './database.ts';
import { isDuplicate, writing } from './transaction.ts';

/** A deed that a program named: the same name and body again is the same deed. */
export type NamedRequest = { tokenId: string; key: string; body: unknown };

/**
 * Runs `launch` once for a named request and answers its operation's id, now and whenever the request comes again.
 * All in one transaction: where the launch fails, the name is free again.
 * @throws CedarError `idempotency_key_reused` (409) for another body under a used name, and what `launch` throws.
 */
export async function once(
  db: Db,
  named: NamedRequest,
  launch: (trx: Db) => Promise<string>,
): Promise<string> {
  const row = { token_id: named.tokenId, request_key: hashOf(named.key) };
  const body = hashOf(canonical(named.body));
  try {
    return await writing(db, async (trx) => {
      const earlier = await trx('api_requests').where(row).first();
      if (earlier) return sameOrRefuse(earlier, body);
      await trx('api_requests').insert({ ...row, body_hash: body, at: Date.now() });
      const operation = await launch(trx);
      await trx('api_requests').where(row).update({ operation_id: operation });
      return operation;
    });
  } catch (error) {
    const earlier = isContested(error) ? await db('api_requests').where(row).first() : null;
    if (!earlier) throw error;
    return sameOrRefuse(earlier, body);
  }
}

/** Of the same request sent twice at once, one finds the name, or the project's lock, taken. */
function isContested(error: unknown): boolean {
  return isDuplicate(error) || (error instanceof CedarError && error.status === 409);
}

function sameOrRefuse(earlier: Record<string, unknown>, body: string): string {
  if (earlier.body_hash === body && earlier.operation_id) return earlier.operation_id as string;
  throw new CedarError('idempotency_key_reused', {}, 409);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The same text for bodies that differ in the order of their fields alone. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
