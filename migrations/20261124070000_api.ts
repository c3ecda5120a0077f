import type { Knex } from 'knex';

/** Tokens of programs, and the requests that carried an idempotency key. */
export async function up(knex: Knex): Promise<void> {
  await make(knex, 'api_tokens', (t) => {
    id(t).primary();
    id(t, 'user_id').references('users.id').onDelete('CASCADE');
    t.string('name', 64).notNullable();
    // `<user id>/<name>` while the token may be used: a revoked one gives its name back
    t.string('name_in_use', 128).nullable().unique();
    t.string('prefix', 24).notNullable().unique();
    t.string('hash', 64).notNullable();
    json(t, 'scopes');
    json(t, 'reach');
    json(t, 'addresses');
    time(t, 'created_at');
    time(t, 'expires_at');
    timeOrNone(t, 'revoked_at');
    t.string('revoked_by', 64).nullable();
    timeOrNone(t, 'used_at');
    t.string('used_from', 64).nullable();
    t.index(['user_id', 'id']);
  });
  await make(knex, 'api_requests', (t) => {
    id(t, 'token_id');
    t.string('request_key', 64).notNullable();
    t.string('body_hash', 64).notNullable();
    t.string('operation_id', 26).nullable();
    time(t, 'at');
    t.primary(['token_id', 'request_key']);
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}

type Table = Knex.CreateTableBuilder;
const id = (t: Table, name = 'id') => t.string(name, 26).notNullable();
const time = (t: Table, name: string) => t.bigInteger(name).notNullable();
const timeOrNone = (t: Table, name: string) => t.bigInteger(name).nullable();
const json = (t: Table, name: string) => t.text(name, 'longtext').notNullable();

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
