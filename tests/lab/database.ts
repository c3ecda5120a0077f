import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type DatabaseSettings, type Db, openDatabase } from '../../src/store/database.ts';
import { type Mariadb, startMariadb } from './mariadb.ts';

export const databaseKinds = ['sqlite', 'mariadb'] as const;
export type DatabaseKind = (typeof databaseKinds)[number];

export type FreshDatabase = {
  db: Db;
  /** What opens the same database again, from another connection or process. */
  settings: DatabaseSettings;
  /** DATABASE_URL and CEDAR_DATA_DIR for a child process. */
  env: { DATABASE_URL: string; CEDAR_DATA_DIR: string };
  /** Closes the connections; the data goes when the test file ends. */
  close(): Promise<void>;
};

let mariadb: Promise<Mariadb> | null = null;
const folders: string[] = [];
const opened: Db[] = [];

/**
 * An empty, migrated database of its own. One MariaDB serves all tests of a file; it is started by the first
 * that asks. Everything is closed and removed when the file's tests are over.
 */
export async function freshDatabase(kind: DatabaseKind = 'sqlite'): Promise<FreshDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cedar-db-'));
  folders.push(dataDir);
  const settings = { databaseUrl: kind === 'mariadb' ? await emptyMariadb() : '', dataDir };
  const db = openDatabase(settings);
  opened.push(db);
  await db.migrate.latest();
  return {
    db,
    settings,
    env: { DATABASE_URL: settings.databaseUrl, CEDAR_DATA_DIR: dataDir },
    close: () => db.destroy(),
  };
}

/** Runs the same stories on both databases: `eachDatabase((kind) => describe(kind, …))`. */
export function eachDatabase(stories: (kind: DatabaseKind) => void): void {
  for (const kind of databaseKinds) stories(kind);
}

/** The file's own server: what is done to it reaches no other file's tests. */
export function mariadbOfFile(): Promise<Mariadb> {
  mariadb ??= startMariadb();
  return mariadb;
}

async function emptyMariadb(): Promise<string> {
  return (await mariadbOfFile()).createDatabase();
}

afterAll(async () => {
  await Promise.all(opened.map((db) => db.destroy()));
  await (await mariadb)?.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
