import type { Knex } from 'knex';

/**
 * What is not well by indexes: placements by state and how long, those that nobody looked at lately, machines whose
 * clock is off; and which of a project's releases was good last.
 */
export async function up(knex: Knex): Promise<void> {
  const indexes: [table: string, columns: string[], name: string][] = [
    ['placement_states', ['state', 'since', 'placement_id'], 'placement_states_by_state_and_since'],
    ['placement_states', ['checked_at'], 'placement_states_by_look'],
    ['placement_facts', ['placement_id', 'checked_at'], 'placement_facts_by_age'],
    ['host_facts', ['clock_ms'], 'host_facts_by_clock'],
    ['releases', ['project_id', 'good_at'], 'releases_by_good'],
  ];
  for (const [table, columns, name] of indexes)
    await knex.schema.alterTable(table, (t) => {
      t.index(columns, name);
    });
  // The longer one begins with the same column.
  await knex.schema.alterTable('placement_states', (t) => {
    t.dropIndex(['state', 'placement_id'], 'placement_states_by_state');
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
