import type { AuditRow } from '../model/audit-chain.ts';
import type { Db } from './database.ts';

/** A row with its place in the chain; null until it is sealed. */
export type SealedRow = AuditRow & { seq: number | null; hash: string | null };

export async function byId(db: Db, id: string): Promise<SealedRow | null> {
  const row = await withSeals(db).where('a.id', id).first();
  return row ? sealedRow(row) : null;
}

/** All columns of the rows `a`, each with its seal. */
export function withSeals(db: Db) {
  return db('audit as a').leftJoin('audit_seals as s', 's.audit_id', 'a.id').select('a.*', 's.seq', 's.hash');
}

type Stored = Omit<AuditRow, 'requestId'> & { request_id: string | null };

/** A row of the table `audit`. */
export function rowOf({ request_id, ...row }: Stored): AuditRow {
  const { id, actor, via, ip, action, object, before, after, result, reason } = row;
  const at = Number(row.at);
  return {
    ...{ id, at, actor, via, ip, action, object },
    before,
    after,
    result,
    reason,
    requestId: request_id,
  };
}

/** A row of `withSeals`. */
export function sealedRow(row: Stored & { seq: number | null; hash: string | null }): SealedRow {
  return { ...rowOf(row), seq: row.seq === null ? null : Number(row.seq), hash: row.hash };
}
