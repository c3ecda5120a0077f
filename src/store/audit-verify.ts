import { decodeTime } from 'ulid';
import { genesis, type Head, sealHash } from '../model/audit-chain.ts';
import { notedHead, type Sealed, unsealed, walk } from './audit-seals.ts';
import type { Db } from './database.ts';

/** What is wrong with the first bad row. `reset`: the whole chain was made anew. */
export type Fault = 'changed' | 'missing' | 'inserted' | 'reordered' | 'cut-off' | 'reset';
export type Verdict = {
  /** The last good place. */
  head: Head;
  /** Rows that wait for their seal. */
  unsealed: number;
  bad: { seq: number; auditId: string | null; fault: Fault } | null;
};

const PAGE = 1000;
/** A row that claims an older time than the trail's last sealing, by more than this, was not there then. */
const LATE_MS = 3600 * 1000;
const CLOCKS_MS = 60_000;

/**
 * Walks the whole chain from its beginning and stops at the first row that is not what was sealed.
 * @param known heads that were kept elsewhere: the chain must still go through each
 */
export async function verify(db: Db, known: readonly Head[] = []): Promise<Verdict> {
  const heads = [...known, await notedHead(db)].filter((one) => one.seq > 0);
  const walker = new Walker(heads);
  for (let page = await walk(db, 0, PAGE); page.length > 0; page = await walk(db, walker.head.seq, PAGE)) {
    for (const [index, sealed] of page.entries()) {
      const fault = walker.step(sealed);
      if (fault === null) continue;
      const moved = fault === 'changed' && walker.isMoved(sealed, page.slice(index + 1));
      const bad = { ...walker.bad(sealed), fault: moved ? ('reordered' as const) : fault };
      return { head: walker.head, unsealed: 0, bad };
    }
  }
  const end = heads.find(({ seq }) => seq > walker.head.seq);
  if (end) {
    const bad = { seq: walker.head.seq + 1, auditId: null, fault: 'cut-off' as const };
    return { head: walker.head, unsealed: 0, bad };
  }
  return waiting(db, walker);
}

async function waiting(db: Db, walker: Walker): Promise<Verdict> {
  const rows = await unsealed(db, PAGE, true);
  const late = rows.find(({ id, at }) => walker.isLate(id, at));
  const bad = late ? { seq: walker.head.seq + 1, auditId: late.id, fault: 'inserted' as const } : null;
  return { head: walker.head, unsealed: rows.length, bad };
}

class Walker {
  head: Head = genesis;
  readonly #heads: readonly Head[];
  #newestId = '';
  #roundAt = 0;
  #roundBefore = 0;

  constructor(heads: readonly Head[]) {
    this.#heads = heads;
  }

  /** Goes on to the next seal; or stays, and says what is wrong with it. */
  step(sealed: Sealed): Fault | null {
    const { seq, hash, row, sealedAt } = sealed;
    if (seq !== this.head.seq + 1 || row === null) return 'missing';
    if (sealHash(this.head, sealedAt, row) !== hash) return 'changed';
    if (sealedAt !== this.#roundAt) [this.#roundBefore, this.#roundAt] = [this.#roundAt, sealedAt];
    if (this.#isBackdated(row.id, row.at, this.#roundBefore)) return 'inserted';
    if (this.#heads.some((one) => one.seq === seq && one.hash !== hash)) return 'reset';
    this.head = { seq, hash };
    if (row.id > this.#newestId) this.#newestId = row.id;
    return null;
  }

  /** True where a row without a seal claims a time at which it was not there. */
  isLate(id: string, at: number): boolean {
    return this.#isBackdated(id, at, this.#roundAt);
  }

  /** The place of a fault: a gap begins where the chain ends. */
  bad({ seq, auditId, row }: Sealed): { seq: number; auditId: string | null } {
    const next = this.head.seq + 1;
    return { seq: next, auditId: seq === next || row === null ? auditId : null };
  }

  /** True where the row or the seal that belongs here stands further on. */
  isMoved(here: Sealed, later: readonly Sealed[]): boolean {
    return later.some(({ row, hash, sealedAt }) => {
      if (row === null) return false;
      const [there, made] = [here.sealedAt, sealedAt].map((at) => sealHash(this.head, at, row));
      return there === here.hash || made === hash;
    });
  }

  #isBackdated(id: string, at: number, lastRound: number): boolean {
    if (Math.abs(timeOf(id) - at) > CLOCKS_MS) return true;
    return id < this.#newestId && at < lastRound - LATE_MS;
  }
}

/** What is no id of ours is of no time. */
function timeOf(id: string): number {
  return /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id) ? decodeTime(id) : Number.NEGATIVE_INFINITY;
}
