import type { Knex } from 'knex';

/** When a channel was told of an alarm as new, and alarms by what they are about: so that none comes back too often. */
export async function up(knex: Knex): Promise<void> {
  if (!(await knex.schema.hasColumn('alarm_tellings', 'new_at')))
    await knex.schema.alterTable('alarm_tellings', (t) => {
      t.bigInteger('new_at').notNullable().defaultTo(0);
    });
  await knex.schema.alterTable('alarms', (t) => {
    t.index(['alarm_key', 'opened_at'], 'alarms_by_key');
  });
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only: restore a backup instead.');
}
