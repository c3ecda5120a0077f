import type { Knex } from 'knex';

/** Whether a project's pushes wait for its window. */
export async function up(knex: Knex): Promise<void> {
  if (!(await knex.schema.hasColumn('inbound_hooks', 'hold')))
    await knex.schema.alterTable('inbound_hooks', (t) => {
      t.boolean('hold').notNullable().defaultTo(false);
    });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
