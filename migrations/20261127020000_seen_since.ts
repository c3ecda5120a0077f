import type { Knex } from 'knex';

/** When each was seen first: nothing is claimed of the time before. */
export async function up(knex: Knex): Promise<void> {
  for (const table of ['host_states', 'placement_states']) {
    if (await knex.schema.hasColumn(table, 'seen_since')) continue;
    await knex.schema.alterTable(table, (t) => {
      t.bigInteger('seen_since').nullable();
    });
    await knex(table).where('checked_at', '>', 0).update({ seen_since: Date.now() });
  }
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
