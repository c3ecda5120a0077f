import type { Knex } from 'knex';

/** The latest time that was read from the database's clock, so that its being set back is noticed. */
export async function up(knex: Knex): Promise<void> {
  if (!(await knex.schema.hasTable('clock_seen')))
    await knex.schema.createTable('clock_seen', (t) => {
      if (knex.client.config.client === 'mysql2') {
        t.engine('InnoDB');
        t.charset('utf8mb4');
        t.collate('utf8mb4_bin');
      }
      t.integer('id').notNullable().primary();
      t.bigInteger('at').notNullable();
    });
  await knex('clock_seen').insert({ id: 1, at: 0 }).onConflict('id').ignore();
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
