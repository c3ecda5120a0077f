import { createRequire } from 'node:module';
import type { Knex } from 'knex';

const require = createRequire(import.meta.url);
const SqliteClient = require('knex/lib/dialects/better-sqlite3/index.js');
const SqliteTransaction = require('knex/lib/dialects/sqlite3/execution/sqlite-transaction.js');

type Pragmas = { exec(sql: string): void };

/** knex's better-sqlite3 client over libsql, whose interface is the same and which needs no compiler. */
export class EmbeddedClient extends SqliteClient {
  _driver(): unknown {
    return require('libsql');
  }

  transaction(...args: unknown[]): Knex.Transaction {
    return Reflect.construct(ImmediateTransaction, [this, ...args]) as unknown as Knex.Transaction;
  }

  /**
   * Runs on each new connection. Waits for another process's write lock are short, because libsql waits
   * synchronously; `writing` of transaction.ts tries again.
   */
  static prepare(connection: Pragmas, done: (error: Error | null, connection: Pragmas) => void): void {
    connection.exec('PRAGMA busy_timeout = 500');
    connection.exec('PRAGMA journal_mode = WAL');
    connection.exec('PRAGMA synchronous = FULL');
    connection.exec('PRAGMA foreign_keys = ON');
    done(null, connection);
  }
}

/** A transaction that takes the write lock at once: a read that later turns into a write cannot fail then. */
class ImmediateTransaction extends SqliteTransaction {
  begin(connection: unknown) {
    return this.query(connection, 'BEGIN IMMEDIATE;');
  }
}
