import type { Knex } from 'knex';

/** Tickets for more than deploys, who decides about them, and notices of them. */
export async function up(knex: Knex): Promise<void> {
  if (!(await knex.schema.hasColumn('notices', 'ticket_id')))
    await knex.schema.alterTable('notices', (t) => {
      t.string('ticket_id', 26).nullable();
      t.index(['ticket_id']);
    });
  if (!(await knex.schema.hasColumn('ticket_parts', 'kind')))
    await knex.schema.alterTable('ticket_parts', (t) => {
      t.string('kind', 24).notNullable().defaultTo('deploy');
      t.string('release_id', 26).nullable();
      t.boolean('restart').notNullable().defaultTo(false);
    });
  await make(knex, 'approver_rules', (t) => {
    t.string('scope', 12).notNullable();
    t.string('object', 26).notNullable();
    t.boolean('admins').notNullable().defaultTo(true);
    t.primary(['scope', 'object']);
  });
  await make(knex, 'approvers', (t) => {
    t.string('scope', 12).notNullable();
    t.string('object', 26).notNullable();
    t.string('user_id', 26).notNullable();
    t.primary(['scope', 'object', 'user_id']);
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}

async function make(
  knex: Knex,
  name: string,
  columns: (table: Knex.CreateTableBuilder) => void,
): Promise<void> {
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
