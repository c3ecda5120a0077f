import type { Knex } from 'knex';
import { dice, type Filling, idOf } from './filled/filling.ts';
import { fleetOf } from './filled/fleet.ts';
import { type FilledOperation, history } from './filled/history.ts';
import { inventory } from './filled/inventory.ts';
import { news } from './filled/news.ts';
import { runs } from './filled/runs.ts';
import { requests, trail } from './filled/trail.ts';

export { dice, type Filling, idOf };

/**
 * Fills an empty, migrated database as three years of a large house would: the same rows for the same numbers, in
 * bulk, for measuring alone. Ids are ULIDs in the order of time. Knows the tables, and of the product its defaults.
 */
export async function fill(
  db: Knex,
  filling: Filling,
): Promise<{ groupIds: string[]; projectIds: string[] }> {
  const { groupIds, projects } = await inventory(db, filling);
  const fleet = await fleetOf(db, filling, projects);
  const operations: FilledOperation[] = [];
  await history(db, filling, projects, fleet, (operation) => fleet && operations.push(operation));
  await requests(db, filling, projects);
  await trail(db, filling, projects);
  if (fleet) {
    await runs(db, operations, fleet);
    await news(db, filling, projects, fleet);
  }
  return { groupIds, projectIds: projects.map(({ id }) => id) };
}
