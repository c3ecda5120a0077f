import type { Knex } from 'knex';

/* Operations that wait, releases that come from another project, and operations asked for later. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('operations', (t) => {
    for (const name of ['pause_requested_at', 'paused_at', 'resume_at', 'continued_at'])
      t.bigInteger(name).nullable();
    t.string('paused_by', 128).nullable();
    t.string('continued_by', 128).nullable();
    t.text('pause_reason').nullable();
  });
  await knex.schema.alterTable('locks', (t) => {
    t.bigInteger('wake_at').nullable();
  });
  await knex.schema.alterTable('releases', (t) => {
    t.string('promoted_from', 26).nullable();
  });
  await schedules(knex);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}

async function schedules(knex: Knex): Promise<void> {
  await knex.schema.createTable('schedules', (t) => {
    if (knex.client.config.client === 'mysql2') {
      t.engine('InnoDB');
      t.charset('utf8mb4');
      t.collate('utf8mb4_bin');
    }
    t.string('id', 26).notNullable().primary();
    t.string('project_id', 26).notNullable();
    t.string('project_key', 80).notNullable();
    t.string('group_id', 26).notNullable();
    t.string('kind', 24).notNullable();
    t.text('request', 'longtext').notNullable();
    t.bigInteger('at').notNullable();
    t.integer('grace_seconds').notNullable();
    t.string('asked_by', 26).notNullable();
    t.string('asked_name', 128).notNullable();
    t.bigInteger('asked_at').notNullable();
    t.string('state', 12).notNullable();
    t.string('operation_id', 26).nullable();
    t.text('outcome', 'longtext').nullable();
    t.bigInteger('settled_at').nullable();
    t.string('idempotency_key', 128).nullable().unique();
    t.index(['state', 'at']);
    t.index(['project_id', 'at']);
  });
}
