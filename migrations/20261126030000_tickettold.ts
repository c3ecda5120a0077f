import type { Knex } from 'knex';

/** What of the configuration a ticket's project would bring, frozen with its commits and files. */
export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasColumn('ticket_parts', 'configuration')) return;
  await knex.schema.alterTable('ticket_parts', (t) => {
    t.text('configuration', 'longtext').nullable();
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
