import type { Knex } from 'knex';

/** Locks set by hand; grants that end; which groups and environments a host is for. */
export async function up(knex: Knex): Promise<void> {
  await locks(knex);
  if (!(await knex.schema.hasColumn('grants', 'ends_at')))
    await knex.schema.alterTable('grants', (t) => {
      t.bigInteger('ends_at').nullable();
    });
  if (!(await knex.schema.hasColumn('hosts', 'allowed')))
    await knex.schema.alterTable('hosts', (t) => {
      t.text('allowed', 'longtext').nullable();
    });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}

async function locks(knex: Knex): Promise<void> {
  if (await knex.schema.hasTable('hand_locks')) return;
  await knex.schema.createTable('hand_locks', (t) => {
    if (knex.client.config.client === 'mysql2') {
      t.engine('InnoDB');
      t.charset('utf8mb4');
      t.collate('utf8mb4_bin');
    }
    t.string('id', 26).notNullable().primary();
    t.string('scope', 16).notNullable();
    t.string('scope_id', 64).notNullable();
    t.boolean('warning').notNullable().defaultTo(false);
    t.string('reason', 500).notNullable();
    t.string('by_name', 128).notNullable();
    t.boolean('by_admin').notNullable();
    t.bigInteger('since_at').notNullable();
    t.bigInteger('until_at').nullable();
    t.bigInteger('lifted_at').nullable().index();
    t.string('lifted_by', 128).nullable();
  });
}
