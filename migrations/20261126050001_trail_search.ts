import type { Knex } from 'knex';

/** What the history's filters look for where only few of very many operations are it. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('operations', (t) => {
    t.index(['requested_name', 'id'], 'operations_by_person');
    t.index(['environment', 'kind', 'id'], 'operations_by_environment_and_kind');
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
