import type { Knex } from 'knex';

/** The hash of what an operation was decided to do is kept with it. */
export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasColumn('operations', 'decision_hash')) return;
  await knex.schema.alterTable('operations', (t) => {
    t.string('decision_hash', 64).nullable();
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
