import type { Knex } from 'knex';

/** When operations may begin: windows, freezes, and what they bind. Hours are kept as they were typed. */
export async function up(knex: Knex): Promise<void> {
  await make(knex, 'windows', (t) => {
    t.string('id', 26).notNullable().primary();
    t.string('scope', 16).notNullable();
    t.string('scope_id', 64).notNullable();
    t.string('zone', 64).notNullable();
    t.text('hours').notNullable();
    t.text('extra').notNullable();
    t.bigInteger('changed_at').notNullable();
    t.unique(['scope', 'scope_id']);
  });
  await make(knex, 'freezes', (t) => {
    t.string('id', 26).notNullable().primary();
    t.string('scope', 16).notNullable();
    t.string('scope_id', 64).notNullable();
    t.bigInteger('from_at').notNullable();
    t.bigInteger('to_at').notNullable().index();
    t.string('reason', 500).notNullable();
    t.string('by_name', 128).notNullable();
    t.bigInteger('created_at').notNullable();
  });
  await make(knex, 'window_rules', (t) => {
    t.string('id', 16).notNullable().primary();
    t.text('rules', 'longtext').notNullable();
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}

async function make(
  knex: Knex,
  name: string,
  columns: (table: Knex.CreateTableBuilder) => void,
): Promise<void> {
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
