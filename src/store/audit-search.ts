import type { Knex } from 'knex';
import { type SealedRow, sealedRow, withSeals } from './audit-rows.ts';
import type { Db } from './database.ts';
import { idAt } from './id-at.ts';

/** All filters are optional; newest first. Times are epoch milliseconds. */
export type AuditFilter = {
  /** A username; the rows of that person's tokens count too. */
  person?: string;
  /** How the action begins. */
  action?: string;
  /** How the object begins. */
  object?: string;
  result?: string;
  from?: number;
  until?: number;
  /** Anywhere in the row, without regard to case. */
  text?: string;
  /** Rows older than this id. */
  before?: string;
};

/** `further`: too few were found, and rows older than this one were not looked through; null: there are none. */
export type Found = { rows: SealedRow[]; further: Place | null };
type Place = { id: string; at: number };

type Query = Knex.QueryBuilder;
/** How many rows are wanted, and how many are looked through for them. */
type Ask = { limit: number; reach: number };
/** Ids: those before one, and from one on. */
type Bounds = { before?: string; since?: string };

const anywhere = ['actor', 'object', 'reason', 'before', 'after', 'ip', 'request_id'];
/** How far a row's own time may lie from that of its id. */
const SLACK_MS = 60_000;
/** So few rows are read by the index that knows them. */
const FEW = 2000;
/** Rows that are looked through at a time: between two slices others have their turn. */
const SLICE = 10_000;

/**
 * The newest rows that a filter leaves. Where an index knows that few are it, those are read, wherever they are. Else
 * the trail is gone through in slices, newest first, until `limit` were found or `reach` were looked through.
 */
export async function search(db: Db, filter: AuditFilter, ask: Ask): Promise<Found> {
  const { person, action, object, text } = filter;
  if (!person && !action && !object && !text)
    return { rows: await rowsOf(matching(db, filter, boundsOf(filter)), ask.limit), further: null };
  const few = await fewIds(db, filter);
  if (!few) return inSlices(db, filter, ask);
  if (few.length === 0) return { rows: [], further: null };
  const query = matching(db, filter, boundsOf(filter)).whereIn('a.id', few);
  return { rows: await rowsOf(query, ask.limit), further: null };
}

async function inSlices(db: Db, filter: AuditFilter, { limit, reach }: Ask): Promise<Found> {
  const rows: SealedRow[] = [];
  const bounds = boundsOf(filter);
  let edge: Place | null = null;
  for (let looked = 0; looked < reach && rows.length < limit; looked += SLICE) {
    edge = await lastOfSlice(db, bounds);
    const slice = matching(db, filter, edge === null ? bounds : { ...bounds, since: edge.id });
    rows.push(...(await rowsOf(slice, limit - rows.length)));
    if (edge === null) return { rows, further: null };
    bounds.before = edge.id;
  }
  return { rows, further: rows.length < limit ? edge : null };
}

/** The ids of all rows of a person, an action or an object, where they are few; in no order. */
async function fewIds(db: Db, { person, action, object }: AuditFilter): Promise<string[] | null> {
  const all = () => db('audit').limit(FEW + 1);
  const ways: Query[][] = [
    person ? [all().where({ actor: person }), range(all(), 'actor', tokensOf(person))] : [],
    action ? [range(all(), 'action', action)] : [],
    object ? [range(all(), 'object', object)] : [],
  ];
  for (const queries of ways.filter(({ length }) => length > 0)) {
    const found: string[][] = [];
    for (const query of queries) found.push(await query.pluck('id'));
    if (found.flat().length <= FEW) return found.flat();
  }
  return null;
}

function boundsOf({ from, until, before }: AuditFilter): Bounds {
  const ends = [before, until === undefined ? undefined : idAt(until + SLACK_MS)];
  return {
    before: ends.filter((end) => end !== undefined).sort()[0],
    since: from === undefined ? undefined : idAt(from - SLACK_MS),
  };
}

/** Where a slice ends that begins where the bounds do; null where fewer rows are left than that. */
async function lastOfSlice(db: Db, bounds: Bounds): Promise<Place | null> {
  const row = await between(db('audit as a'), bounds)
    .orderBy('a.id', 'desc')
    .offset(SLICE - 1)
    .first('a.id', 'a.at');
  return row ? { id: row.id, at: Number(row.at) } : null;
}

function between(query: Query, { before, since }: Bounds): Query {
  if (before !== undefined) query.where('a.id', '<', before);
  if (since !== undefined) query.where('a.id', '>=', since);
  return query;
}

/** Looks at each row of the bounds; none of its conditions on texts is one that an index is taken for. */
function matching(
  db: Db,
  { person, action, object, result, from, until, text }: AuditFilter,
  bounds: Bounds,
) {
  const query: Query = between(withSeals(db), bounds);
  if (person)
    query.where((by) =>
      by.where('a.actor', person).orWhere((token) => begins(token, 'actor', tokensOf(person))),
    );
  if (action) begins(query, 'action', action);
  if (object) begins(query, 'object', object);
  if (result) query.where('a.result', result);
  if (from !== undefined) query.where('a.at', '>=', from);
  if (until !== undefined) query.where('a.at', '<', until);
  if (text) query.where((within) => contains(within, text));
  return query;
}

async function rowsOf(query: Query, limit: number): Promise<SealedRow[]> {
  return (await query.orderBy('a.id', 'desc').limit(limit)).map(sealedRow);
}

const tokensOf = (person: string) => `token:${person}/`;

/** What an index answers at once, in its own order. */
function range(query: Query, column: string, text: string): Query {
  return query.where(column, '>=', text).where(column, '<', `${text}\u{10ffff}`);
}

/** The same without an index: one that finds very many would have to put all of them into order. */
function begins(query: Query, column: string, text: string): Query {
  return query.whereRaw('substr(??, 1, ?) = ?', [`a.${column}`, [...text].length, text]);
}

function contains(query: Query, text: string): void {
  const like = `%${text.toLowerCase().replace(/[!%_]/g, '!$&')}%`;
  for (const name of anywhere) query.orWhereRaw("lower(??) LIKE ? ESCAPE '!'", [`a.${name}`, like]);
}
