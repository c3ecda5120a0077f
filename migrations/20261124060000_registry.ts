import type { Knex } from 'knex';

/*
 * traffic: since when a registry has confirmed that an instance is out (its drain counts from there), what the
 * registry asked to be kept about it, and when its being left out was told.
 */
export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasColumn('traffic', 'out_at')) return;
  await knex.schema.alterTable('traffic', (t) => {
    t.bigInteger('out_at').nullable();
    t.text('kept', 'longtext').nullable();
    t.bigInteger('told_at').nullable();
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
