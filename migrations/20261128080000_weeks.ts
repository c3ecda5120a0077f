import type { Knex } from 'knex';

/**
 * What the weekly table is read from: how often each project (a number of `judged_projects`) was asked for each kind, by
 * weeks that begin on Monday in UTC. The weeks of a database that has operations already are counted by `migrate` of
 * src/store/migrations.ts.
 */
export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasTable('asked_weeks')) return;
  await knex.schema.createTable('asked_weeks', (t) => {
    if (knex.client.config.client === 'mysql2') {
      t.engine('InnoDB');
      t.charset('utf8mb4');
      t.collate('utf8mb4_bin');
    }
    t.bigInteger('week_at').notNullable();
    t.integer('number').notNullable();
    t.string('kind', 24).notNullable();
    t.integer('asked').notNullable();
    t.primary(['week_at', 'number', 'kind']);
    t.index(['week_at', 'number', 'kind', 'asked'], 'asked_weeks_by_week');
    t.index(['number', 'week_at', 'kind', 'asked'], 'asked_weeks_by_number');
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
