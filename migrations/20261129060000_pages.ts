import type { Knex } from 'knex';

/**
 * What pages ask of large tables: who is in a group, what runs on a machine, what went wrong in a project and was not
 * mended, the past of a channel, and what was last said of a thing.
 */
export async function up(knex: Knex): Promise<void> {
  const indexes: [table: string, columns: string[], name: string][] = [
    ['projects', ['group_id', 'id'], 'projects_by_group'],
    ['grants', ['group_id', 'user_id'], 'grants_by_group'],
    ['placements', ['host_id', 'project_id'], 'placements_by_host'],
    ['placement_states', ['state', 'placement_id'], 'placement_states_by_state'],
    ['operations', ['project_id', 'state', 'id'], 'operations_by_project_and_state'],
    ['operations', ['project_id', 'kind', 'id'], 'operations_by_project_and_kind'],
    ['notices', ['channel_id', 'id'], 'notices_by_channel'],
    ['notices', ['state', 'id'], 'notices_by_state'],
    ['audit', ['object', 'action', 'id'], 'audit_by_object_and_action'],
  ];
  for (const [table, columns, name] of indexes)
    await knex.schema.alterTable(table, (t) => {
      t.index(columns, name);
    });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
