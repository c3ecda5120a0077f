import type { Sweep } from './sweep.ts';

/** How long sweeps take, from a pass until the last look of it is recorded. */
export class SweepClock {
  readonly #sweep: Pick<Sweep, 'settled'>;
  #measuring = false;
  /** Of the last one that is over. */
  lastMs: number | null = null;

  constructor(sweep: Pick<Sweep, 'settled'>) {
    this.#sweep = sweep;
  }

  /** A pass has queued its looks. One that comes while a machine of an earlier one still hangs belongs to that. */
  async measure(began: number): Promise<void> {
    if (this.#measuring) return;
    this.#measuring = true;
    try {
      await this.#sweep.settled();
      this.lastMs = Math.round(performance.now() - began);
    } finally {
      this.#measuring = false;
    }
  }
}
