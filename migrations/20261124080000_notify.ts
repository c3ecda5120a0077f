import type { Knex } from 'knex';

/* Notices outlive the channel that they were meant for, and deliveries the operation that they started. */
export async function up(knex: Knex): Promise<void> {
  await outgoing(knex);
  await incoming(knex);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}

type Table = Knex.CreateTableBuilder;
const id = (t: Table, name = 'id') => t.string(name, 26).notNullable();
const time = (t: Table, name: string) => t.bigInteger(name).notNullable();
const timeOrNone = (t: Table, name: string) => t.bigInteger(name).nullable();
const json = (t: Table, name: string) => t.text(name, 'longtext').nullable();

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

async function outgoing(knex: Knex): Promise<void> {
  await make(knex, 'channels', (t) => {
    id(t).primary();
    t.string('kind', 24).notNullable();
    t.string('name', 64).notNullable().unique();
    t.string('group_id', 26).nullable();
    json(t, 'options');
    t.string('claimed_by', 26).nullable();
    timeOrNone(t, 'claimed_until');
    timeOrNone(t, 'wait_until');
    t.integer('failures').notNullable().defaultTo(0);
    timeOrNone(t, 'failing_since');
    t.text('recent').nullable();
    timeOrNone(t, 'disabled_at');
    t.text('disabled_why').nullable();
    time(t, 'created_at');
  });
  await make(knex, 'audiences', (t) => {
    t.string('audience', 40).notNullable().primary();
    id(t, 'channel_id').references('channels.id').onDelete('CASCADE');
  });
  await make(knex, 'notices', (t) => {
    id(t).primary();
    t.string('dedupe_key', 190).notNullable().unique();
    id(t, 'channel_id');
    t.string('topic', 32).notNullable();
    json(t, 'body');
    t.string('operation_id', 26).nullable();
    t.string('state', 12).notNullable();
    t.integer('attempts').notNullable().defaultTo(0);
    t.boolean('alone').notNullable().defaultTo(false);
    time(t, 'created_at');
    time(t, 'next_at');
    timeOrNone(t, 'ended_at');
    t.text('reason').nullable();
    t.index(['state', 'next_at']);
    t.index(['channel_id', 'state', 'id']);
    t.index(['operation_id']);
  });
  await make(knex, 'notice_attempts', (t) => {
    id(t).primary();
    id(t, 'notice_id').index();
    time(t, 'at');
    t.integer('ms').nullable();
    t.integer('code').nullable();
    t.integer('together').notNullable().defaultTo(1);
    t.string('result', 12).notNullable();
    t.text('answer').nullable();
    t.index(['at']);
  });
}

async function incoming(knex: Knex): Promise<void> {
  await make(knex, 'inbound_hooks', (t) => {
    id(t, 'project_id').primary().references('projects.id').onDelete('CASCADE');
    id(t).unique();
    t.text('secret').notNullable();
    timeOrNone(t, 'secret_at');
    t.boolean('enabled').notNullable().defaultTo(true);
    t.boolean('production').notNullable().defaultTo(false);
    t.text('branches').nullable();
    json(t, 'host_ids');
    t.integer('refused').notNullable().defaultTo(0);
    timeOrNone(t, 'refused_at');
    t.string('refused_from', 64).nullable();
    t.string('pending', 26).nullable();
    time(t, 'created_at');
  });
  await make(knex, 'inbound_deliveries', (t) => {
    id(t).primary();
    id(t, 'project_id').references('projects.id').onDelete('CASCADE');
    t.string('delivery', 64).notNullable();
    t.string('forge', 16).notNullable();
    t.string('event', 64).notNullable();
    t.string('branch', 200).nullable();
    t.string('commit_id', 40).nullable();
    t.string('pusher', 128).nullable();
    t.string('outcome', 24).notNullable();
    t.text('detail').nullable();
    t.string('operation_id', 26).nullable();
    time(t, 'at');
    t.unique(['project_id', 'delivery']);
    t.index(['project_id', 'id']);
  });
}
