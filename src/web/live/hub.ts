import type { Db } from '../../store/database.ts';
import { Streams, type Visitor } from './streams.ts';
import { Viewer } from './viewer.ts';
import { Watch } from './watch.ts';

export { type LiveSettings, liveSettings } from './settings.ts';

/** Whoever watches an operation. */
export type Visit = Visitor & {
  operationId: string;
  /** The last log chunk that the viewer has. */
  seq: number;
};

/** All live streams of operations of this process: one watch per operation, however many look at it. */
export class LiveHub {
  readonly #db: Db;
  readonly #streams: Streams;
  readonly #watches = new Map<string, Watch>();

  constructor(db: Db, streams = new Streams()) {
    this.#db = db;
    this.#streams = streams;
  }

  /** How many operations are being looked at. */
  get watched(): number {
    return this.#watches.size;
  }

  /** Opens the stream and returns; false, with nothing sent, where the person holds too many (S89). */
  open(visit: Visit): boolean {
    const { maxBuffered } = this.#streams.settings;
    const viewer = this.#streams.open(
      visit,
      (res) => new Viewer(res, visit.seq, maxBuffered),
      (gone) => this.#watches.get(visit.operationId)?.leave(gone),
    );
    if (viewer) this.#watchOf(visit.operationId).join(viewer);
    return viewer !== null;
  }

  /** Sends everybody away, to come again to another process: called when this one ends. */
  close(): void {
    for (const watch of this.#watches.values()) for (const viewer of watch.viewers) viewer.end('again');
  }

  #watchOf(operationId: string): Watch {
    const known = this.#watches.get(operationId);
    if (known) return known;
    const watch = new Watch(this.#db, operationId, this.#streams.settings, () => {
      if (this.#watches.get(operationId) === watch) this.#watches.delete(operationId);
    });
    this.#watches.set(operationId, watch);
    return watch;
  }
}
