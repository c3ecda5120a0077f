import type { Knex } from 'knex';

/**
 * What the delivery metrics are read from: every ended deploy, judged when it or what followed it ended. Narrow rows
 * under numbers instead of ids, so that a year of a large house is read in one go. The judged deploys of a database
 * that has operations already are made by `migrate` of src/store/migrations.ts.
 */
export async function up(knex: Knex): Promise<void> {
  await make(knex, 'judged_projects', (t) => {
    t.increments('number');
    t.string('project_id', 26).notNullable();
    t.string('group_id', 26).notNullable();
    t.string('project_key', 80).notNullable();
    t.string('environment', 24).notNullable();
    t.unique(['project_id', 'group_id', 'environment']);
    t.index(['group_id']);
  });
  await make(knex, 'judged_deploys', (t) => {
    t.string('operation_id', 26).notNullable().primary();
    t.integer('number').notNullable();
    t.bigInteger('created_at').notNullable();
    t.boolean('succeeded').notNullable();
    t.boolean('failed').notNullable();
    t.bigInteger('lead_ms').nullable();
    t.bigInteger('restore_ms').nullable();
    t.index(
      ['number', 'created_at', 'succeeded', 'failed', 'lead_ms', 'restore_ms', 'operation_id'],
      'judged_deploys_by_time',
    );
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}

async function make(knex: Knex, name: string, columns: (table: Knex.CreateTableBuilder) => void) {
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
