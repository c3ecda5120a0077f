import type { Knex } from 'knex';

/** Tickets: who asks for which deploys, what was decided about them, and where one is needed. */
export async function up(knex: Knex): Promise<void> {
  await make(knex, 'tickets', (t) => {
    t.string('id', 26).notNullable().primary();
    t.string('state', 12).notNullable();
    t.text('reason').notNullable();
    t.string('applicant_id', 26).notNullable();
    t.string('applicant_name', 128).notNullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('wished_at').nullable();
    t.boolean('self_start').notNullable().defaultTo(false);
    t.string('approved_by', 26).nullable();
    t.string('approved_name', 128).nullable();
    t.string('approved_plan', 64).nullable();
    t.bigInteger('approved_at').nullable();
    t.bigInteger('expires_at').nullable();
    t.bigInteger('closed_at').nullable();
    t.text('problem', 'longtext').nullable();
    t.index(['state', 'id']);
    t.index(['applicant_id', 'id']);
  });
  await make(knex, 'ticket_parts', (t) => {
    t.string('ticket_id', 26).notNullable();
    t.integer('position').notNullable();
    t.string('project_id', 26).notNullable();
    t.string('project_key', 80).notNullable();
    t.string('group_id', 26).notNullable();
    t.string('ref', 200).notNullable();
    t.text('host_ids', 'longtext').nullable();
    t.string('rollback_id', 26).nullable();
    t.string('question_id', 26).nullable();
    t.string('commit_id', 40).nullable();
    t.string('decision_hash', 64).nullable();
    t.text('changes', 'longtext').nullable();
    t.text('problem', 'longtext').nullable();
    t.string('state', 12).notNullable();
    t.string('operation_id', 26).nullable();
    t.primary(['ticket_id', 'position']);
    t.index(['operation_id']);
    t.index(['group_id', 'ticket_id']);
  });
  await make(knex, 'ticket_events', (t) => {
    t.string('id', 26).notNullable().primary();
    t.string('ticket_id', 26).notNullable();
    t.bigInteger('at').notNullable();
    t.string('by_id', 26).nullable();
    t.string('by_name', 128).nullable();
    t.string('action', 24).notNullable();
    t.string('state', 12).notNullable();
    t.text('reason').nullable();
    t.text('detail', 'longtext').nullable();
    t.index(['ticket_id', 'id']);
  });
  await make(knex, 'ticket_rules', (t) => {
    t.string('scope', 12).notNullable();
    t.string('object', 26).notNullable();
    t.primary(['scope', 'object']);
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
