import type { Response } from 'express';
import type { Db } from '../../store/database.ts';
import { Allowance } from './allowance.ts';
import { Viewer } from './viewer.ts';
import { Watch } from './watch.ts';

/** How the streams of one web process behave; times in milliseconds. */
export type LiveSettings = {
  /** How often a watched operation is looked at. */
  intervalMs: number;
  /** A comment is sent so often. */
  beatMs: number;
  /** How often a viewer's session and permission are looked at again; at most 60 s. */
  checkMs: number;
  /** Streams that one person may hold open. */
  perPerson: number;
  /** Bytes held up for a slow reader. */
  maxBuffered: number;
  /** A reader that takes longer over them is taken to the end of the log, with a gap that counts what it missed. */
  stallMs: number;
};

export const liveSettings: LiveSettings = {
  intervalMs: 100,
  beatMs: 15_000,
  checkMs: 20_000,
  perPerson: 30,
  maxBuffered: 1_048_576,
  stallMs: 3000,
};

/** Whoever opens a stream: `mayStill` is asked again and again while it is open. */
export type Visit = {
  res: Response;
  personId: string;
  operationId: string;
  /** The last log chunk that the viewer has. */
  seq: number;
  mayStill: () => Promise<boolean>;
};

/** All live streams of this process: one watch per operation, however many look at it. */
export class LiveHub {
  readonly #db: Db;
  readonly #settings: LiveSettings;
  readonly #allowance: Allowance;
  readonly #watches = new Map<string, Watch>();

  constructor(db: Db, settings: LiveSettings = liveSettings) {
    this.#db = db;
    this.#settings = settings;
    this.#allowance = new Allowance(settings.perPerson);
  }

  /** How many operations are being looked at. */
  get watched(): number {
    return this.#watches.size;
  }

  /** Opens the stream and returns; false, with nothing sent, where the person holds too many (S89). */
  open(visit: Visit): boolean {
    const giveBack = this.#allowance.take(visit.personId);
    if (giveBack === null) return false;
    visit.res.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    visit.res.flushHeaders();
    const viewer = new Viewer(visit.res, visit.seq, this.#settings.maxBuffered);
    const watch = this.#watchOf(visit.operationId);
    const timers = [
      setInterval(() => viewer.beat(), this.#settings.beatMs),
      setInterval(() => void endUnless(visit.mayStill, viewer), this.#settings.checkMs),
    ];
    visit.res.on('close', () => {
      for (const timer of timers) clearInterval(timer);
      watch.leave(viewer);
      giveBack();
    });
    watch.join(viewer);
    return true;
  }

  /** Sends everybody away, to come again to another process: called when this one ends. */
  close(): void {
    for (const watch of this.#watches.values()) for (const viewer of watch.viewers) viewer.end('again');
  }

  #watchOf(operationId: string): Watch {
    const known = this.#watches.get(operationId);
    if (known) return known;
    const watch = new Watch(this.#db, operationId, this.#settings, () => {
      if (this.#watches.get(operationId) === watch) this.#watches.delete(operationId);
    });
    this.#watches.set(operationId, watch);
    return watch;
  }
}

/** A check that fails counts as a no: whoever it was may come again. */
async function endUnless(mayStill: () => Promise<boolean>, viewer: Viewer): Promise<void> {
  const yes = await mayStill().catch(() => false);
  if (!yes) viewer.end('again');
}
