import type { Db } from '../../src/store/database.ts';

/** Every time that looks and alarms leave behind, but for those that say "never" with 0 or null. */
const times: Record<string, string[]> = {
  host_states: ['checked_at', 'next_at', 'since', 'bad_since', 'seen_since', 'swept_at'],
  placement_states: ['checked_at', 'since', 'bad_since', 'seen_since'],
  process_states: ['checked_at', 'since'],
  flips: ['at'],
  host_facts: ['checked_at', 'next_at', 'tried_at'],
  placement_facts: ['checked_at'],
  drifts: ['since'],
  alarms: ['bad_since', 'opened_at', 'ended_at'],
  alarm_tellings: ['at', 'new_at'],
  alarm_passes: ['at', 'doubt_at'],
  notices: ['created_at', 'next_at'],
};

/** As if the database's clock had been set forward, or back where negative, by so many milliseconds since all that. */
export async function jump(db: Db, byMs: number): Promise<void> {
  for (const [table, columns] of Object.entries(times))
    for (const column of columns) {
      if (await db.schema.hasColumn(table, column))
        await db(table).where(column, '>', 0).decrement(column, byMs);
    }
}
