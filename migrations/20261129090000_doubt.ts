import type { Knex } from 'knex';

/** Since when passes have found that nobody looks: one such pass may be a clock that was set. */
export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasColumn('alarm_passes', 'doubt_at')) return;
  await knex.schema.alterTable('alarm_passes', (t) => {
    t.bigInteger('doubt_at').nullable();
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
