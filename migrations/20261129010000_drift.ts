import type { Knex } from 'knex';

/** What was gathered of machines and placements beside their states, and where it is not as it was left. */
export async function up(knex: Knex): Promise<void> {
  await make(knex, 'host_facts', (t) => {
    t.string('host_id', 26).notNullable().primary().references('hosts.id').onDelete('CASCADE');
    t.bigInteger('next_at').notNullable().defaultTo(0).index();
    t.bigInteger('tried_at').nullable();
    t.bigInteger('checked_at').nullable();
    t.text('message').nullable();
    t.bigInteger('clock_ms').nullable();
    t.text('disks', 'longtext').nullable();
    t.integer('disk_percent').nullable().index();
  });
  await make(knex, 'placement_facts', (t) => {
    t.string('placement_id', 26).notNullable().primary().references('placements.id').onDelete('CASCADE');
    t.bigInteger('checked_at').notNullable();
    t.string('link', 8).notNullable();
    t.string('folder', 160).nullable();
    t.bigInteger('switched_at').nullable();
    t.string('configuration', 64).nullable();
  });
  await make(knex, 'drifts', (t) => {
    t.string('placement_id', 26).notNullable().references('placements.id').onDelete('CASCADE');
    t.string('what', 16).notNullable();
    t.string('item', 160).notNullable();
    t.bigInteger('since').notNullable();
    t.text('detail', 'longtext').notNullable();
    t.primary(['placement_id', 'what', 'item']);
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
