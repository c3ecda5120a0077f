import type { Knex } from 'knex';

/** How an operation came to be let begin is kept with it: by which way, for which ticket, past which rules. */
export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasColumn('operations', 'admission')) return;
  await knex.schema.alterTable('operations', (t) => {
    t.text('admission', 'longtext').nullable();
    t.string('ticket_id', 26).nullable().index();
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
