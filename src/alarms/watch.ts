import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import { believedMs } from '../model/belief.ts';
import type { Db } from '../store/database.ts';
import { alarmPass, type PassRules, passRules } from './pass.ts';

/** The rules of a pass, by the settings. Between two looks that are as rare as they may be, nothing is silent. */
export function rulesOf(config: Config): PassRules {
  return {
    ...passRules,
    retries: config.alarmRetries,
    silentMs: Math.max(config.alarmSilentSeconds * 1000, believedMs(config.sweepSeconds)),
    factsMs: believedMs(config.factsSeconds),
    gapMs: config.alarmGapSeconds * 1000,
    repeatMs: config.alarmRepeatMinutes * 60_000,
  };
}

/** Passes again and again. Any number may run: a pass that finds nothing new writes nothing. */
export class AlarmWatch {
  readonly #db: Db;
  readonly #rules: PassRules;
  readonly #everyMs: number;
  readonly #ended = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  /** @param everyMs 0: never, somebody else runs the passes */
  constructor(db: Db, rules: PassRules, everyMs: number) {
    this.#db = db;
    this.#rules = rules;
    this.#everyMs = everyMs;
  }

  start(): void {
    if (this.#everyMs > 0) this.#loop = this.#passForever();
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#loop;
  }

  async #passForever(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        await alarmPass(this.#db, this.#rules);
      } catch (error) {
        logger.warn({ error: messageOf(error) }, 'could not decide what is an alarm');
      }
      await pause(this.#everyMs, undefined, { signal }).catch((error: Error) => error);
    }
  }
}
