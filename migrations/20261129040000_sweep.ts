import type { Knex } from 'knex';

/** Who recorded a machine's state last: a look that finds what the same one recorded is a date and nothing else. */
export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasColumn('host_states', 'recorder')) return;
  await knex.schema.alterTable('host_states', (t) => {
    t.string('recorder', 26).nullable();
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
