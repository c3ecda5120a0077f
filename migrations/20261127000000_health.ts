import type { Knex } from 'knex';

/**
 * What was seen of machines gets a history: flips. How long something has been bad is counted as it is recorded, so
 * that an alarm is a decision over rows alone. A look at a machine is claimed apart from its result.
 */
export async function up(knex: Knex): Promise<void> {
  for (const table of ['host_states', 'placement_states']) {
    await column(knex, table, 'bad_since', (t) => t.bigInteger('bad_since').nullable());
    await column(knex, table, 'bad_looks', (t) => t.integer('bad_looks').notNullable().defaultTo(0));
  }
  await column(knex, 'host_states', 'since', (t) => t.bigInteger('since').nullable());
  await column(knex, 'host_states', 'next_at', (t) => t.bigInteger('next_at').notNullable().defaultTo(0));
  await column(knex, 'host_states', 'claim', (t) => t.string('claim', 26).nullable().index());
  await make(knex, 'flips', (t) => {
    t.string('id', 26).notNullable().primary();
    t.bigInteger('at').notNullable().index();
    t.string('host_id', 26).notNullable();
    t.string('placement_id', 26).nullable();
    t.string('process_name', 160).nullable();
    t.string('from_state', 16).notNullable();
    t.string('to_state', 16).notNullable();
    t.text('message').nullable();
    t.string('operation_id', 26).nullable();
    t.index(['host_id', 'at']);
    t.index(['placement_id', 'at']);
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}

type Table = Knex.CreateTableBuilder;

async function column(
  knex: Knex,
  table: string,
  name: string,
  add: (table: Knex.AlterTableBuilder) => void,
): Promise<void> {
  if (!(await knex.schema.hasColumn(table, name))) await knex.schema.alterTable(table, add);
}

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
