import { monotonicFactory } from 'ulid';
import type { Db } from './database.ts';

/** One change or refusal: who, from where, what, before and after. Values never hold secrets. */
export type AuditEntry = {
  actor: string;
  via: 'web' | 'api' | 'worker' | 'cli';
  ip?: string | null;
  action: string;
  object: string;
  before?: unknown;
  after?: unknown;
  result: 'ok' | 'refused' | 'failed';
  reason?: string | null;
  requestId?: string | null;
};

/** Of two rows that one process writes in the same millisecond the second has the greater id. */
const nextId = monotonicFactory();

/** Adds a row. Called in the transaction of the change itself, so that neither is kept without the other. */
export async function record(db: Db, entry: AuditEntry): Promise<void> {
  await db('audit').insert({
    id: nextId(),
    at: Date.now(),
    actor: entry.actor,
    via: entry.via,
    ip: entry.ip ?? null,
    action: entry.action,
    object: entry.object.slice(0, 253),
    before: entry.before === undefined ? null : JSON.stringify(entry.before),
    after: entry.after === undefined ? null : JSON.stringify(entry.after),
    result: entry.result,
    reason: entry.reason ?? null,
    request_id: entry.requestId ?? null,
  });
}
