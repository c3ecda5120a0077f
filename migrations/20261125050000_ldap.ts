import type { Knex } from 'knex';

/** Accounts of an LDAP directory: whence, under which id, when last confirmed, and who disabled them. */
export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasColumn('users', 'source')) return;
  await knex.schema.alterTable('users', (t) => {
    t.string('source', 8).notNullable().defaultTo('local');
    t.string('directory_id', 255).nullable().unique();
    t.bigInteger('directory_checked_at').nullable();
    t.bigInteger('directory_claimed_at').nullable();
    t.string('disabled_by', 16).nullable();
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
