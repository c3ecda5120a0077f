import type { Knex } from 'knex';

/** How many services were in each state, by group, every half an hour: the fleet over time is read from it. */
export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasTable('fleet_counts')) return;
  await knex.schema.createTable('fleet_counts', (t) => {
    if (knex.client.config.client === 'mysql2') {
      t.engine('InnoDB');
      t.charset('utf8mb4');
      t.collate('utf8mb4_bin');
    }
    t.bigInteger('at').notNullable();
    t.string('group_id', 26).notNullable();
    t.string('state', 16).notNullable();
    t.integer('services').notNullable();
    t.primary(['at', 'group_id', 'state']);
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
