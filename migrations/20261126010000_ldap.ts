import type { Knex } from 'knex';

/**
 * Where somebody of the directory was last seen, why the last question about them had no answer, and what came from
 * the directory: roles, places in groups. Which of its groups give what; how the last check of its people went.
 */
export async function up(knex: Knex): Promise<void> {
  if (!(await knex.schema.hasColumn('users', 'directory_dn')))
    await knex.schema.alterTable('users', (t) => {
      t.text('directory_dn').nullable();
      t.string('directory_doubt', 16).nullable();
      t.string('role_by', 16).nullable();
    });
  if (!(await knex.schema.hasColumn('grants', 'by_hand')))
    await knex.schema.alterTable('grants', (t) => {
      t.boolean('by_hand').notNullable().defaultTo(true);
      for (const name of ['directory', 'directory_config', 'directory_deploy'])
        t.boolean(name).notNullable().defaultTo(false);
    });
  await make(knex, 'directory_groups', (t) => {
    t.string('id', 26).notNullable().primary();
    t.string('name', 500).notNullable();
    t.string('name_and_gift', 64).notNullable().unique();
    t.boolean('admin').notNullable().defaultTo(false);
    t.string('group_id', 26).nullable().references('project_groups.id').onDelete('CASCADE');
    t.boolean('config').notNullable().defaultTo(false);
    t.boolean('deploy').notNullable().defaultTo(false);
    t.bigInteger('created_at').notNullable();
  });
  await make(knex, 'directory_check', (t) => {
    t.integer('id').notNullable().primary();
    t.bigInteger('at').notNullable();
    t.string('why', 500).nullable();
    t.integer('asked').notNullable();
    t.integer('unsure').notNullable();
    t.integer('ended').notNullable();
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}

async function make(knex: Knex, name: string, columns: (table: Knex.CreateTableBuilder) => void) {
  if (await knex.schema.hasTable(name)) return;
  await knex.schema.createTable(name, (table) => {
    if (knex.client.config.client === 'mysql2') {
      table.engine('InnoDB');
      table.charset('utf8mb4');
      table.collate('utf8mb4_bin');
    }
    columns(table);
  });
}
