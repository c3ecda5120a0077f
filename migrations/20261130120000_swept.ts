import type { Knex } from 'knex';

/** When a sweep looked at a machine: workers look after operations too, and would hide that nobody sweeps any more. */
export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasColumn('host_states', 'swept_at')) return;
  await knex.schema.alterTable('host_states', (t) => {
    t.bigInteger('swept_at').nullable();
  });
  await knex('host_states')
    .where('checked_at', '>', 0)
    .update({ swept_at: knex.ref('checked_at') });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
