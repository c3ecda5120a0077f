import type { Knex } from 'knex';

/** What a pass over alarms looks for: machines that are bad, and what is placed on a machine. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('host_states', (t) => t.index(['bad_looks']));
  await knex.schema.alterTable('placements', (t) => t.index(['host_id'], 'placements_of_host'));
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
