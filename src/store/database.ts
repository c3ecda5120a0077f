import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import knexFactory, { type Knex } from 'knex';
import { EmbeddedClient } from './embedded-client.ts';
import { migrationFiles } from './migration-files.ts';

/** A connection or an open transaction: the first argument of every question and deed of the store. */
export type Db = Knex;

/** What `openDatabase` needs of the settings. */
export type DatabaseSettings = { databaseUrl: string; dataDir: string };

/**
 * Opens the database: MySQL/MariaDB where an address is given, else the embedded one in the data folder.
 * Connects lazily; the caller destroys it.
 */
export function openDatabase(settings: DatabaseSettings, poolSize = 10): Db {
  if (settings.databaseUrl) return knexFactory(mysqlConfig(settings.databaseUrl, poolSize));
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  const file = join(settings.dataDir, 'cedar.db');
  ownFile(file);
  return knexFactory(embeddedConfig(file));
}

/** Makes the file for its owner alone (S72), whatever the folder's mode; SQLite gives its other files the same. */
function ownFile(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
}

/** True where the database is MySQL or MariaDB. */
export function isMysql(db: Db): boolean {
  return db.client.config.client === 'mysql2';
}

/** Errors tell the statement, never the values that were sent with it: they end up in logs (S71). */
const compileSqlOnError = false;
const migrations = { migrationSource: migrationFiles };

function mysqlConfig(address: string, poolSize: number): Knex.Config {
  const url = new URL(address);
  return {
    client: 'mysql2',
    connection: {
      host: url.hostname,
      port: Number(url.port || 3306),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: url.pathname.slice(1),
      charset: 'utf8mb4',
      timezone: 'Z',
      supportBigNumbers: true,
      multipleStatements: false,
      connectTimeout: 5000,
    },
    pool: { min: 0, max: poolSize, afterCreate: utcSession },
    acquireConnectionTimeout: 10_000,
    migrations,
    compileSqlOnError,
  };
}

type MysqlConnection = { query(sql: string, done: (error: Error | null) => void): void };

function utcSession(
  connection: MysqlConnection,
  done: (error: Error | null, connection: MysqlConnection) => void,
) {
  connection.query("SET time_zone = '+00:00', group_concat_max_len = 16777216", (error) => {
    if (error) return done(error, connection);
    connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED', (again) =>
      done(again, connection),
    );
  });
}

function embeddedConfig(filename: string): Knex.Config {
  return {
    client: EmbeddedClient as unknown as typeof Knex.Client,
    connection: { filename },
    useNullAsDefault: true,
    pool: { min: 1, max: 1, afterCreate: EmbeddedClient.prepare },
    acquireConnectionTimeout: 10_000,
    migrations,
    compileSqlOnError,
  };
}
