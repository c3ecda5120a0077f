import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Knex } from 'knex';

const folder = join(import.meta.dirname, '../../migrations');

/** The files of migrations/. The database knows them by the names of their sources, compiled or not. */
export const migrationFiles: Knex.MigrationSource<string> = {
  async getMigrations() {
    return (await readdir(folder)).filter((file) => /\.[jt]s$/.test(file)).sort();
  },
  getMigrationName: (file) => file.replace(/\.js$/, '.ts'),
  getMigration: (file) => import(pathToFileURL(join(folder, file)).href) as Promise<Knex.Migration>,
};
