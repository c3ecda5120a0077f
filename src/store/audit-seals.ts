import { type AuditRow, genesis, type Head, sealHash } from '../model/audit-chain.ts';
import { rowOf } from './audit-rows.ts';
import { now, nowPlus } from './clock.ts';
import type { Db } from './database.ts';
import { idAt } from './id-at.ts';
import { writing } from './transaction.ts';

/** How far back the sealer looks for rows whose transaction ended late. */
const LATE_MS = 24 * 3600 * 1000;

/** The newest seal. */
export async function head(db: Db): Promise<Head & { sealedAt: number | null }> {
  const row = await db('audit_seals').orderBy('seq', 'desc').first('seq', 'hash', 'sealed_at');
  if (!row) return { ...genesis, sealedAt: null };
  return { seq: Number(row.seq), hash: row.hash, sealedAt: Number(row.sealed_at) };
}

/** What the sealer noted as the head beside the chain: a chain that ends before it was cut off. */
export async function notedHead(db: Db): Promise<Head> {
  const row = await db('audit_sealer').where({ id: 1 }).first('seq', 'hash');
  return row ? { seq: Number(row.seq), hash: row.hash } : genesis;
}

/** Rows without a seal, by id. @param everywhere also those that are older than a day before the last seal */
export async function unsealed(db: Db, limit: number, everywhere = false): Promise<AuditRow[]> {
  const { sealedAt } = await head(db);
  const rows = await db('audit as a')
    .leftJoin('audit_seals as s', 's.audit_id', 'a.id')
    .whereNull('s.audit_id')
    .modify((query) => {
      if (!everywhere && sealedAt !== null) query.where('a.id', '>=', idAt(sealedAt - LATE_MS));
    })
    .orderBy('a.id')
    .limit(limit)
    .select('a.*');
  return rows.map(rowOf);
}

/**
 * Seals what waits, at most `limit` rows, unless another sealer holds the lease: the lease is claimed by a
 * conditional update in the very transaction that writes the seals.
 * @param sealedAt epoch milliseconds, the same for all of one round
 * @returns how many were sealed; null where another one seals
 */
export async function seal(
  db: Db,
  owner: string,
  options: { leaseMs: number; limit: number; sealedAt: number; everywhere: boolean },
): Promise<number | null> {
  return writing(db, async (trx) => {
    if (!(await claim(trx, owner, options.leaseMs))) return null;
    const rows = await unsealed(trx, options.limit, options.everywhere);
    if (rows.length === 0) return 0;
    const [last, noted] = [await head(trx), await notedHead(trx)];
    // after a cut the chain goes on behind it, so that the gap stays to be seen
    const start: Head = noted.seq > last.seq ? noted : { seq: last.seq, hash: last.hash };
    const seals = chain(start, options.sealedAt, rows);
    await trx('audit_seals').insert(seals);
    const { seq, hash } = seals.at(-1)!;
    await trx('audit_sealer').where({ id: 1, owner }).update({ seq, hash });
    return rows.length;
  });
}

function chain(start: Head, sealedAt: number, rows: AuditRow[]) {
  let before = start;
  return rows.map((row) => {
    const hash = sealHash(before, sealedAt, row);
    before = { seq: before.seq + 1, hash };
    return { seq: before.seq, audit_id: row.id, hash, sealed_at: sealedAt };
  });
}

async function claim(trx: Db, owner: string, leaseMs: number): Promise<boolean> {
  const changed = await trx('audit_sealer')
    .where({ id: 1 })
    .where((free) => free.where({ owner }).orWhereNull('held_until').orWhere('held_until', '<', now(trx)))
    .update({ owner, held_until: nowPlus(trx, leaseMs) });
  return changed === 1;
}

/** Lets another sealer go on at once. */
export async function letGo(db: Db, owner: string): Promise<void> {
  await writing(db, (trx) =>
    trx('audit_sealer').where({ id: 1, owner }).update({ owner: null, held_until: null }),
  );
}

/** Seals in order after `seq`, each with its row; null where that is gone. */
export async function walk(db: Db, seq: number, limit: number): Promise<Sealed[]> {
  const rows = await db('audit_seals as s')
    .leftJoin('audit as a', 'a.id', 's.audit_id')
    .where('s.seq', '>', seq)
    .orderBy('s.seq')
    .limit(limit)
    .select('a.*', 's.seq', 's.audit_id', 's.hash', 's.sealed_at');
  return rows.map((row) => ({
    ...{ seq: Number(row.seq), hash: row.hash, auditId: row.audit_id, sealedAt: Number(row.sealed_at) },
    row: row.id === null ? null : rowOf(row),
  }));
}

export type Sealed = Head & { auditId: string; sealedAt: number; row: AuditRow | null };
