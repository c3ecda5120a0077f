import { setTimeout as pause } from 'node:timers/promises';
import { ulid } from 'ulid';
import { messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import type { NoticeBody } from '../model/notice.ts';
import type { Db } from '../store/database.ts';
import * as leftOut from '../store/left-out.ts';
import { add } from '../store/outbox.ts';
import { writing } from '../store/transaction.ts';

/** As long as it goes on, it is told again so often. */
const REPEAT_MS = 20 * 60 * 1000;

type Place = Pick<
  leftOut.LeftOut,
  | 'projectId'
  | 'projectKey'
  | 'groupId'
  | 'environment'
  | 'production'
  | 'hostId'
  | 'hostName'
  | 'process'
  | 'since'
  | 'operationId'
>;

/** Tells of processes that were left out of traffic, until they are in, and then that they are. Any number may run. */
export class LeftOutAlarm {
  readonly #db: Db;
  readonly #leftForMs: number;
  readonly #pollMs: number;
  readonly #ended = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  /** @param leftOutSeconds how long nobody may have been at work on one before it is told */
  constructor(db: Db, leftOutSeconds: number) {
    this.#db = db;
    this.#leftForMs = leftOutSeconds * 1000;
    this.#pollMs = Math.min(Math.max(this.#leftForMs / 6, 100), 10_000);
  }

  start(): void {
    this.#loop = this.#lookForever();
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#loop;
  }

  async #lookForever(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        await this.look();
      } catch (error) {
        logger.warn({ error: messageOf(error) }, 'could not look for what is left out of traffic');
      }
      await pause(this.#pollMs, undefined, { signal }).catch((error: Error) => error);
    }
  }

  /** Looks once. */
  async look(): Promise<void> {
    const left = await leftOut.untold(this.#db, this.#leftForMs, REPEAT_MS);
    await this.#tell('out', left, (trx, one) => leftOut.claimTelling(trx, one, REPEAT_MS));
    await this.#tell('in', await leftOut.mended(this.#db), leftOut.claimMended);
  }

  /** One notice for all processes of a project; each is claimed first, so that no other worker tells it too. */
  async #tell<P extends Place>(
    what: 'out' | 'in',
    places: P[],
    claim: (trx: Db, one: P) => Promise<boolean>,
  ): Promise<void> {
    for (const projectId of new Set(places.map((one) => one.projectId))) {
      await writing(this.#db, async (trx) => {
        const claimed: P[] = [];
        for (const one of places)
          if (one.projectId === projectId && (await claim(trx, one))) claimed.push(one);
        const [first] = claimed;
        if (!first) return;
        await add(trx, {
          news: { kind: 'traffic', place: first },
          topic: 'traffic',
          dedupeKey: `traffic:${projectId}:${ulid()}`,
          told: toldOf(what, first.projectKey, claimed),
          operationId: first.operationId,
        });
      });
    }
  }
}

function toldOf(what: 'out' | 'in', project: string, places: Place[]): NonNullable<NoticeBody['told']> {
  const lines = places.slice(0, 20).map(({ hostName, process, since }) => ({
    key: `notice.traffic.line_${what}`,
    detail: { host: hostName, number: process + 1, since: { at: since } },
  }));
  return {
    title: { key: `notice.traffic.${what}`, detail: { project, number: places.length } },
    lines,
    path: `/projects/${project}`,
    urgent: what === 'out',
  };
}
