import type { Knex } from 'knex';
import type { AuditRow } from '../model/audit-chain.ts';
import type { Db } from './database.ts';
import { idAt } from './id-at.ts';

/** All filters are optional; newest first. Times are epoch milliseconds. */
export type AuditFilter = {
  /** A username; the rows of that person's tokens count too. */
  person?: string;
  /** How the action begins. */
  action?: string;
  /** How the object begins. */
  object?: string;
  result?: string;
  from?: number;
  until?: number;
  /** Anywhere in the row, without regard to case. */
  text?: string;
  /** Rows older than this id. */
  before?: string;
};

/** A row with its place in the chain; null until it is sealed. */
export type SealedRow = AuditRow & { seq: number | null; hash: string | null };

const anywhere = ['actor', 'object', 'reason', 'before', 'after', 'ip', 'request_id'];
/** How far a row's own time may lie from that of its id. */
const SLACK_MS = 60_000;

export async function search(db: Db, filter: AuditFilter, limit: number): Promise<SealedRow[]> {
  const { person, action, object, result, from, until, text, before } = filter;
  const rows = await withSeals(db)
    .modify((query) => {
      if (person)
        query.where((by) => {
          by.where('a.actor', person);
          by.orWhere((token) => beginning(token, 'a.actor', `token:${person}/`));
        });
      if (action) beginning(query, 'a.action', action);
      if (object) beginning(query, 'a.object', object);
      if (result) query.where('a.result', result);
      if (from !== undefined) query.where('a.at', '>=', from).where('a.id', '>=', idAt(from - SLACK_MS));
      if (until !== undefined) query.where('a.at', '<', until).where('a.id', '<', idAt(until + SLACK_MS));
      if (before) query.where('a.id', '<', before);
      if (text)
        query.where((within) => {
          for (const name of anywhere)
            within.orWhereRaw("lower(??) LIKE ? ESCAPE '!'", [
              `a.${name}`,
              `%${escaped(text.toLowerCase())}%`,
            ]);
        });
    })
    .orderBy('a.id', 'desc')
    .limit(limit);
  return rows.map(sealedRow);
}

export async function byId(db: Db, id: string): Promise<SealedRow | null> {
  const row = await withSeals(db).where('a.id', id).first();
  return row ? sealedRow(row) : null;
}

function withSeals(db: Db) {
  return db('audit as a').leftJoin('audit_seals as s', 's.audit_id', 'a.id').select('a.*', 's.seq', 's.hash');
}

/** A range, which an index answers; LIKE is none for SQLite. */
function beginning(query: Knex.QueryBuilder, column: string, text: string): void {
  query.where(column, '>=', text).where(column, '<', `${text}\u{10ffff}`);
}

function escaped(text: string): string {
  return text.replace(/[!%_]/g, '!$&');
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

function sealedRow(row: Stored & { seq: number | null; hash: string | null }): SealedRow {
  return { ...rowOf(row), seq: row.seq === null ? null : Number(row.seq), hash: row.hash };
}
