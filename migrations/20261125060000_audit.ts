import type { Knex } from 'knex';

/**
 * The chain over the audit trail, the lease of its one sealer, indexes for the search, and triggers that refuse to
 * change or delete what was written. Where the database's user may not make triggers the rest stands without them:
 * the worker says so when it starts, and docs/audit.md gives the rights to take away instead.
 */
export async function up(knex: Knex): Promise<void> {
  await make(knex, 'audit_seals', (t) => {
    t.bigInteger('seq').notNullable().primary();
    t.string('audit_id', 26).notNullable().unique();
    t.string('hash', 64).notNullable();
    t.bigInteger('sealed_at').notNullable();
  });
  await make(knex, 'audit_sealer', (t) => {
    t.integer('id').notNullable().primary();
    t.string('owner', 26).nullable();
    t.bigInteger('held_until').nullable();
    t.bigInteger('seq').notNullable();
    t.string('hash', 64).notNullable();
  });
  await knex('audit_sealer')
    .insert({ id: 1, seq: 0, hash: '0'.repeat(64) })
    .onConflict('id')
    .ignore();
  await knex.schema.alterTable('audit', (t) => {
    t.index(['actor', 'id']);
    t.index(['action', 'id']);
    t.index(['result', 'id']);
  });
  for (const table of ['audit', 'audit_seals']) await protect(knex, table);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}

async function make(knex: Knex, name: string, columns: (table: Knex.CreateTableBuilder) => void) {
  if (await knex.schema.hasTable(name)) return;
  await knex.schema.createTable(name, (table) => {
    if (isMysql(knex)) {
      table.engine('InnoDB');
      table.charset('utf8mb4');
      table.collate('utf8mb4_bin');
    }
    columns(table);
  });
}

async function protect(knex: Knex, table: string): Promise<void> {
  const refusal = `${table} is append-only`;
  for (const deed of ['UPDATE', 'DELETE']) {
    const head = `CREATE TRIGGER ${table}_no_${deed.toLowerCase()} BEFORE ${deed} ON ${table}`;
    if (isMysql(knex))
      await ifAllowed(knex, `${head} FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '${refusal}'`);
    else await knex.raw(`${head} BEGIN SELECT RAISE(ABORT, '${refusal}'); END`);
  }
  if (isMysql(knex)) return;
  // INSERT OR REPLACE deletes without asking the trigger above
  const key = table === 'audit' ? 'id = NEW.id' : 'seq = NEW.seq OR audit_id = NEW.audit_id';
  await knex.raw(
    `CREATE TRIGGER ${table}_no_replace BEFORE INSERT ON ${table} WHEN EXISTS (SELECT 1 FROM ${table} WHERE ${key}) ` +
      `BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: ${refusal}'); END`,
  );
}

/** The user has no TRIGGER right, or the server writes a binary log and trusts nobody without SUPER. */
const notAllowed = new Set([
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
  'ER_BINLOG_CREATE_ROUTINE_NEED_SUPER',
]);

async function ifAllowed(knex: Knex, sql: string): Promise<void> {
  try {
    await knex.raw(sql);
  } catch (error) {
    if (!notAllowed.has(String((error as { code?: unknown }).code))) throw error;
  }
}

function isMysql(knex: Knex): boolean {
  return knex.client.config.client === 'mysql2';
}
