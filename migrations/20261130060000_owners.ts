import type { Knex } from 'knex';

/**
 * The histories of a project and of a group by an index that knows what lists filter by: a filter that nothing fits
 * reads the index, not the operations.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('operations', (t) => {
    t.index(['project_id', 'id', 'state', 'kind', 'environment'], 'operations_of_project');
    t.index(['group_id', 'id', 'state', 'kind', 'environment'], 'operations_of_group');
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
