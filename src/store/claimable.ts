import type { Knex } from 'knex';
import { now, nowPlus } from './clock.ts';
import type { Db } from './database.ts';

/** Nobody claims so many intervals ahead: such a claim was made before the clock was set back. */
const FARTHEST = 4;

/** What may be claimed anew, by `column`, the moment until which it is claimed: that is over, or too far ahead. */
export function claimable(db: Db, column: string, intervalMs: number): (query: Knex.QueryBuilder) => void {
  return (query) => {
    query.where(column, '<=', now(db)).orWhere(column, '>', nowPlus(db, FARTHEST * intervalMs));
  };
}
