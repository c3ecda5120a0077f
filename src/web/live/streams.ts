import type { Express, Response } from 'express';
import { Allowance } from './allowance.ts';
import { type LiveSettings, liveSettings } from './settings.ts';

/** Whoever opens a stream: `mayStill` is asked again and again while it is open. */
export type Visitor = { res: Response; personId: string; mayStill: () => Promise<boolean> };

/** One open stream. `end`: all is told; `again`: the page should open a new one. */
export type Reader = { beat(): void; end(name: 'end' | 'again'): void };

/** All open streams of one web process, whatever they tell. */
export class Streams {
  readonly settings: LiveSettings;
  readonly #allowance: Allowance;

  constructor(settings: LiveSettings = liveSettings) {
    this.settings = settings;
    this.#allowance = new Allowance(settings.perPerson);
  }

  /** Begins a stream; null, with nothing sent, where the person holds too many (S89). `left` is called at its end. */
  open<R extends Reader>(
    visitor: Visitor,
    readerOf: (res: Response) => R,
    left: (reader: R) => void,
  ): R | null {
    const { res, personId, mayStill } = visitor;
    const giveBack = this.#allowance.take(personId);
    if (giveBack === null) return null;
    res.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    res.flushHeaders();
    const reader = readerOf(res);
    const timers = [
      setInterval(() => reader.beat(), this.settings.beatMs),
      setInterval(() => void endUnless(mayStill, reader), this.settings.checkMs),
    ];
    res.on('close', () => {
      for (const timer of timers) clearInterval(timer);
      left(reader);
      giveBack();
    });
    return reader;
  }
}

/** A check that fails counts as a no: whoever it was may come again. */
async function endUnless(mayStill: () => Promise<boolean>, reader: Reader): Promise<void> {
  const yes = await mayStill().catch(() => false);
  if (!yes) reader.end('again');
}

const opened = new WeakMap<Express, Streams>();

/** The streams of a console. `app.locals.live`, where set before, has them behave otherwise. */
export function streamsOf(app: Express): Streams {
  const known = opened.get(app) ?? new Streams(app.locals.live);
  opened.set(app, known);
  return known;
}
