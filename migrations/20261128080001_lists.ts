import type { Knex } from 'knex';

/** What lists look for: operations of a kind by their ids, and the tickets of a project or a group. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('operations', (t) => {
    t.index(['kind', 'id'], 'operations_by_kind');
  });
  await knex.schema.alterTable('ticket_parts', (t) => {
    t.index(['project_id', 'ticket_id'], 'ticket_parts_by_project');
    t.index(['group_id', 'project_id', 'ticket_id'], 'ticket_parts_by_group');
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
