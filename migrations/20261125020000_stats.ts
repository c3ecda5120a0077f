import type { Knex } from 'knex';

/** What the statistics read: counts per kind and week, and the first time that a commit came to a project. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('operations', (t) => {
    t.index(
      ['kind', 'created_at', 'environment', 'group_id', 'project_id', 'project_key'],
      'operations_by_kind_and_time',
    );
    t.index(['project_id', 'commit_id'], 'operations_by_commit');
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
