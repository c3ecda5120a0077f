import type { Knex } from 'knex';

/**
 * Variables of an environment; configuration files of a project. A file's text is a row of its own that never
 * changes, so that a running operation keeps the one it began with.
 */
export async function up(knex: Knex): Promise<void> {
  if (!(await knex.schema.hasColumn('environments', 'env'))) {
    await knex.schema.alterTable('environments', (t) => json(t, 'env'));
  }
  await make(knex, 'file_texts', (t) => {
    id(t).primary();
    id(t, 'project_id').references('projects.id').onDelete('CASCADE');
    t.text('sealed', 'longtext').notNullable();
    time(t, 'created_at');
    t.index(['project_id']);
  });
  await make(knex, 'project_files', (t) => {
    id(t, 'project_id').references('projects.id').onDelete('CASCADE');
    t.string('path', 200).notNullable();
    t.string('placed', 16).notNullable();
    t.string('source', 8).notNullable();
    yes(t, 'secret');
    yes(t, 'fill');
    t.string('text_id', 26).notNullable();
    time(t, 'changed_at');
    t.string('changed_by', 128).notNullable();
    t.primary(['project_id', 'path']);
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}

type Table = Knex.CreateTableBuilder;
const id = (t: Table, name = 'id') => t.string(name, 26).notNullable();
const time = (t: Table, name: string) => t.bigInteger(name).notNullable();
const json = (t: Table, name: string) => t.text(name, 'longtext').nullable();
const yes = (t: Table, name: string) => t.boolean(name).notNullable().defaultTo(false);

async function make(knex: Knex, name: string, columns: (table: Table) => void): Promise<void> {
  if (await knex.schema.hasTable(name)) return;
  await knex.schema.createTable(name, (table) => {
    if (knex.client.config.client === 'mysql2') {
      table.engine('InnoDB');
      table.charset('utf8mb4');
      table.collate('utf8mb4_bin');
    }
    columns(table);
  });
}
