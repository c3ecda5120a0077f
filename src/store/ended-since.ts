import { decodeTime, encodeTime } from 'ulid';
import { liveStates } from '../model/operation.ts';
import type { Db } from './database.ts';

/** An operation that is over. `ms`: from its start; null where it never started. */
export type EndedOperation = { id: string; kind: string; state: string; ms: number | null };

/** Clocks of processes that name operations may be so far apart. */
const APART_MS = 60_000;
const MOST = 5000;

/**
 * Which operations have ended since the last time it was asked. It looks at those alone that were live then or are
 * newer, by their ids: a history of any length costs nothing.
 */
export class EndedSince {
  readonly #db: Db;
  /** Ids from here on may be new. */
  #from: string | null = null;
  #live = new Set<string>();
  /** Already told, and newer than `#from`. */
  #told = new Set<string>();
  #asked: Promise<unknown> = Promise.resolve();

  constructor(db: Db) {
    this.#db = db;
  }

  /** Those who ask at the same time are answered one after the other. */
  next(): Promise<EndedOperation[]> {
    const answer = this.#asked.then(() => this.#next());
    this.#asked = answer.catch(() => []);
    return answer;
  }

  async #next(): Promise<EndedOperation[]> {
    const first = this.#from === null;
    const rows = first ? await this.#living() : await this.#changed();
    const ended = rows.filter(({ id, live }) => !live && !this.#told.has(id));
    this.#live = new Set(rows.flatMap(({ id, live }) => (live ? [id] : [])));
    const newest = rows
      .map(({ id }) => id)
      .sort()
      .at(-1);
    if (newest && newest > (this.#from ?? '')) this.#from = earlier(newest);
    this.#told = new Set([...this.#told, ...ended.map(({ id }) => id)].filter((id) => id >= this.#from!));
    return first ? [] : ended.map(({ live: _live, ...one }) => one);
  }

  /** To begin with: what is live, and the newest there is, which has been told by nobody and is not told. */
  async #living(): Promise<Row[]> {
    const live = await select(this.#db).whereIn('state', [...liveStates]);
    const last = await select(this.#db)
      .orderBy('id', 'desc')
      .limit(MOST / 10);
    this.#from = '';
    return [...live, ...last].map(toRow);
  }

  async #changed(): Promise<Row[]> {
    const known = [...this.#live].slice(0, MOST);
    const newer = await select(this.#db).where('id', '>=', this.#from).orderBy('id').limit(MOST);
    const before = await select(this.#db).whereIn('id', known).where('id', '<', this.#from);
    return [...before, ...newer].map(toRow);
  }
}

type Row = EndedOperation & { live: boolean };

function select(db: Db) {
  return db('operations').select('id', 'kind', 'state', 'started_at', 'finished_at');
}

function toRow({ id, kind, state, started_at, finished_at }: Record<string, unknown>): Row {
  const ms = started_at === null || finished_at === null ? null : Number(finished_at) - Number(started_at);
  const live = (liveStates as readonly string[]).includes(String(state));
  return { id: String(id), kind: String(kind), state: String(state), ms, live };
}

/** The first id of a minute before. */
function earlier(id: string): string {
  return encodeTime(Math.max(0, decodeTime(id) - APART_MS), 10) + '0'.repeat(16);
}
