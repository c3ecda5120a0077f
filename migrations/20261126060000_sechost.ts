import type { Knex } from 'knex';

/** What a worker tells of itself and its machine, for the doctor's page. */
export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasColumn('workers', 'about')) return;
  await knex.schema.alterTable('workers', (t) => {
    t.text('about').nullable();
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
