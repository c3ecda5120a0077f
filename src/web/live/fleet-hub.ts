import type { Db } from '../../store/database.ts';
import { FleetViewer } from './fleet-viewer.ts';
import { FleetWatch } from './fleet-watch.ts';
import { Streams, type Visitor } from './streams.ts';

/** All streams of this process that tell of the fleet and its alarms: one watch, however many look. */
export class FleetHub {
  readonly #streams: Streams;
  readonly #watch: FleetWatch;

  constructor(db: Db, streams = new Streams()) {
    this.#streams = streams;
    this.#watch = new FleetWatch(db, streams.settings.fleetMs);
  }

  get viewers(): number {
    return this.#watch.viewers.length;
  }

  /** Opens the stream and returns; false, with nothing sent, where the person holds too many (S89). */
  open(visit: Visitor & Pick<FleetViewer, 'after' | 'concerns'>): boolean {
    const { maxBuffered } = this.#streams.settings;
    const viewer = this.#streams.open(
      visit,
      (res) => new FleetViewer(res, maxBuffered, visit),
      (gone) => this.#watch.leave(gone),
    );
    if (viewer) this.#watch.join(viewer);
    return viewer !== null;
  }

  /** Sends everybody away, to come again to another process: called when this one ends. */
  close(): void {
    for (const viewer of this.#watch.viewers) viewer.end('again');
  }
}
