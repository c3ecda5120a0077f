import type { Knex } from 'knex';

/** Alarms with what each channel was told of them, mutes, and where news go. */
export async function up(knex: Knex): Promise<void> {
  await make(knex, 'alarms', (t) => {
    t.string('id', 26).notNullable().primary();
    t.string('alarm_key', 64).notNullable();
    // as the key while it is open, so that there is one open alarm of a thing at most
    t.string('open_key', 64).nullable().unique();
    t.string('kind', 16).notNullable();
    t.string('host_id', 26).nullable();
    t.string('host_name', 253).nullable();
    t.string('project_id', 26).nullable();
    t.string('project_key', 80).nullable();
    t.text('places', 'longtext').notNullable();
    t.string('state', 16).notNullable();
    t.text('message').nullable();
    t.integer('services').notNullable().defaultTo(0);
    t.bigInteger('bad_since').notNullable();
    t.bigInteger('opened_at').notNullable();
    t.boolean('flapping').notNullable().defaultTo(false);
    t.bigInteger('ended_at').nullable();
    t.string('ending', 12).nullable();
    t.bigInteger('acknowledged_at').nullable();
    t.string('acknowledged_by', 128).nullable();
    t.string('note', 500).nullable();
    t.string('suspect_id', 26).nullable();
    t.bigInteger('suspect_ended_at').nullable();
    t.index(['ended_at']);
    t.index(['project_id', 'opened_at']);
    t.index(['host_id', 'opened_at']);
  });
  await make(knex, 'alarm_tellings', (t) => {
    t.string('alarm_id', 26).notNullable().references('alarms.id').onDelete('CASCADE');
    t.string('channel_id', 26).notNullable();
    t.string('state', 8).notNullable();
    t.bigInteger('at').notNullable();
    t.primary(['alarm_id', 'channel_id']);
    t.index(['channel_id', 'at']);
  });
  await make(knex, 'alarm_passes', (t) => {
    t.integer('id').notNullable().primary();
    t.bigInteger('at').notNullable();
    t.integer('number').notNullable();
  });
  await knex('alarm_passes').insert({ id: 1, at: 0, number: 0 }).onConflict('id').ignore();
  await make(knex, 'mutes', (t) => {
    t.string('id', 26).notNullable().primary();
    t.string('scope', 16).notNullable();
    t.string('scope_id', 64).notNullable();
    t.string('reason', 500).notNullable();
    t.bigInteger('from_at').notNullable();
    t.bigInteger('until_at').nullable();
    t.text('hours').nullable();
    t.string('by_id', 26).nullable();
    t.string('by_name', 128).notNullable();
    t.bigInteger('created_at').notNullable();
    t.index(['until_at']);
  });
  await make(knex, 'news_routes', (t) => {
    t.string('id', 26).notNullable().primary();
    t.string('kind', 16).nullable();
    t.string('group_id', 26).nullable();
    t.string('environment', 24).nullable();
    t.string('channel_id', 26).notNullable().references('channels.id').onDelete('CASCADE');
  });
  await index(knex, 'placement_states', 'bad_looks');
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}

async function index(knex: Knex, table: string, column: string): Promise<void> {
  await knex.schema.alterTable(table, (t) => {
    t.index([column]);
  });
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
