import { createHash } from 'node:crypto';

/** A row of the audit trail, as it stands in the database. */
export type AuditRow = {
  id: string;
  /** Epoch milliseconds. */
  at: number;
  actor: string;
  via: string;
  ip: string | null;
  action: string;
  object: string;
  /** JSON text. */
  before: string | null;
  /** JSON text. */
  after: string | null;
  result: string;
  reason: string | null;
  requestId: string | null;
};

/** A place in the chain: its hash stands for every row up to it. */
export type Head = { seq: number; hash: string };

/** Where the chain begins. */
export const genesis: Head = { seq: 0, hash: '0'.repeat(64) };

/** `12:ab…`, as heads are written down and read again. */
export function headText({ seq, hash }: Head): string {
  return `${seq}:${hash}`;
}

/** The head that a text names; null where it names none. */
export function readHead(text: string): Head | null {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  return seq && hash ? { seq: Number(seq), hash } : null;
}

/**
 * The hash that seals a row: SHA-256 over one JSON array, in UTF-8, of the sequence number, the hash before, the time
 * of sealing, and the row's columns in the order below. Numbers are decimal, what is missing is null.
 */
export function sealHash(before: Head, sealedAt: number, row: AuditRow): string {
  const { id, at, actor, via, ip, action, object, result, reason, requestId } = row;
  const values = [id, at, actor, via, ip, action, object, row.before, row.after, result, reason, requestId];
  const text = JSON.stringify([before.seq + 1, before.hash, sealedAt, ...values]);
  return createHash('sha256').update(text).digest('hex');
}
