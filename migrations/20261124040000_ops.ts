import type { Knex } from 'knex';

/* Machines on their way into the inventory, and the address ranges from which they are trusted when first seen. */
export async function up(knex: Knex): Promise<void> {
  await make(knex, 'arrivals', (t) => {
    t.string('host_id', 26).notNullable().primary();
    t.string('address', 253).notNullable();
    t.integer('ssh_port').notNullable();
    t.string('project_key', 80).notNullable();
    t.string('asked_by', 128).notNullable();
    t.text('shown_key').nullable();
    t.string('shown_fingerprint', 64).nullable();
    t.bigInteger('waiting_since').nullable();
    t.text('accepted_key').nullable();
    t.string('accepted_by', 64).nullable();
    t.bigInteger('accepted_at').nullable();
    t.bigInteger('created_at').notNullable();
    t.unique(['address', 'ssh_port']);
  });
  await make(knex, 'expansion_ranges', (t) => {
    t.string('environment', 24).notNullable().references('environments.name').onDelete('CASCADE');
    t.string('address_range', 64).notNullable();
    t.string('added_by', 64).notNullable();
    t.bigInteger('added_at').notNullable();
    t.primary(['environment', 'address_range']);
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}

type Table = Knex.CreateTableBuilder;

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
