import type { Knex } from 'knex';

/** What a worker or health process tells of itself with each beat: memory, time of the processor, its last sweep. */
export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasColumn('workers', 'pulse')) return;
  await knex.schema.alterTable('workers', (t) => {
    t.text('pulse').nullable();
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
