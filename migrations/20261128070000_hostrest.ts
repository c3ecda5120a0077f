import type { Knex } from 'knex';

/** An administrator's exception for a machine whose sshd offers only old algorithms. */
export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasColumn('hosts', 'weak_ssh')) return;
  await knex.schema.alterTable('hosts', (t) => {
    t.text('weak_ssh').nullable();
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
