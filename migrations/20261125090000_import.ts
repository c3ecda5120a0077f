import type { Knex } from 'knex';

/** What was taken over from an earlier console: a second run finds it here, whatever it was renamed to since. */
export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasTable('imported')) return;
  await knex.schema.createTable('imported', (t) => {
    if (knex.client.config.client === 'mysql2') {
      t.engine('InnoDB');
      t.charset('utf8mb4');
      t.collate('utf8mb4_bin');
    }
    t.string('kind', 16).notNullable();
    t.string('original', 160).notNullable();
    t.string('taken_as', 26).notNullable();
    t.bigInteger('at').notNullable();
    t.primary(['kind', 'original']);
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
