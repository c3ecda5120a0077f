import { createRequire } from 'node:module';
import type { Knex } from 'knex';

const require = createRequire(import.meta.url);
const SqliteClient = require('knex/lib/dialects/better-sqlite3/index.js');
const SqliteTransaction = require('knex/lib/dialects/sqlite3/execution/sqlite-transaction.js');

/** What of libsql's connection is used here. */
type Connection = { exec(sql: string): void; readonly inTransaction: boolean; __knex__disposed?: unknown };
type Query = { sql: string };

/** What begins or ends a transaction. */
const BOUNDARY = /^(BEGIN|COMMIT|ROLLBACK)\b/i;
const WRITE = /^\s*(insert|update|delete|replace)\b/i;

/**
 * knex's better-sqlite3 client over libsql, whose interface is the same and which needs no compiler.
 *
 * libsql does not reset a statement that ended with SQLITE_BUSY, and SQLite takes it for one that still runs: every
 * later COMMIT of the connection fails, and the write lock is held for ever. So whatever has to wait for that lock is
 * run by `exec`, which keeps no statement, and a COMMIT that fails is followed by a ROLLBACK.
 */
export class EmbeddedClient extends SqliteClient {
  _driver(): unknown {
    return require('libsql');
  }

  async _query(connection: Connection, query: Query): Promise<unknown> {
    if (BOUNDARY.test(query.sql)) return boundary(connection, query);
    if (!WRITE.test(query.sql) || connection.inTransaction) return super._query(connection, query);
    connection.exec('BEGIN IMMEDIATE');
    try {
      const result = await super._query(connection, query);
      connection.exec('COMMIT');
      return result;
    } catch (error) {
      leave(connection);
      throw error;
    }
  }

  transaction(...args: unknown[]): Knex.Transaction {
    return Reflect.construct(ImmediateTransaction, [this, ...args]) as unknown as Knex.Transaction;
  }

  /**
   * Runs on each new connection. Waits for another process's write lock are short, because libsql waits
   * synchronously; `writing` of transaction.ts tries again.
   */
  static prepare(connection: Connection, done: (error: Error | null, connection: Connection) => void): void {
    connection.exec('PRAGMA busy_timeout = 500');
    connection.exec('PRAGMA journal_mode = WAL');
    connection.exec('PRAGMA synchronous = FULL');
    connection.exec('PRAGMA foreign_keys = ON');
    done(null, connection);
  }
}

function boundary(connection: Connection, query: Query): Query {
  try {
    connection.exec(query.sql);
  } catch (error) {
    if (!/^BEGIN/i.test(query.sql)) leave(connection);
    throw error;
  }
  return Object.assign(query, { response: [], context: {} });
}

/** No connection goes back into the pool with an open transaction; knex's pool drops one that is marked so. */
function leave(connection: Connection): void {
  try {
    if (connection.inTransaction) connection.exec('ROLLBACK');
  } catch (error) {
    connection.__knex__disposed = error;
  }
}

/** A transaction that takes the write lock at once: a read that later turns into a write cannot fail then. */
class ImmediateTransaction extends SqliteTransaction {
  begin(connection: unknown) {
    return this.query(connection, 'BEGIN IMMEDIATE;');
  }
}
