import { setTimeout as pause } from 'node:timers/promises';
import { CedarError, messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import type { Db } from '../store/database.ts';
import * as questions from '../store/questions.ts';
import { kinds } from './kinds.ts';
import type { Means } from './means.ts';

/** Answers the pages' questions in slots of its own, never behind an operation. */
export class Answerer {
  readonly #db: Db;
  readonly #means: Omit<Means, 'signal'>;
  readonly #worker: string;
  readonly #slots: number;
  readonly #pollMs: number;
  readonly #busy = new Set<Promise<void>>();
  #loop: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(
    db: Db,
    means: Omit<Means, 'signal'>,
    options: { worker: string; slots: number; pollSeconds: number },
  ) {
    this.#db = db;
    this.#means = means;
    this.#worker = options.worker;
    this.#slots = options.slots;
    this.#pollMs = Math.min(options.pollSeconds * 1000, 150);
  }

  start(): void {
    this.#loop = this.#answerForever();
  }

  /** Takes no more questions; those under way are short. */
  async stop(): Promise<void> {
    this.#ended = true;
    await this.#loop;
    await Promise.race([Promise.all(this.#busy), pause(5000, undefined, { ref: false })]);
  }

  async #answerForever(): Promise<void> {
    let tidied = 0;
    while (!this.#ended) {
      try {
        const free = this.#slots - this.#busy.size;
        const claimed = free > 0 ? await questions.claim(this.#db, this.#worker, free) : [];
        for (const question of claimed) this.#take(question);
        if (performance.now() - tidied > 60_000) {
          tidied = performance.now();
          await questions.expire(this.#db);
        }
      } catch (error) {
        logger.warn({ error: messageOf(error) }, 'could not look for questions');
      }
      await pause(this.#pollMs);
    }
  }

  #take(question: questions.Question): void {
    const work: Promise<void> = this.#answer(question)
      .catch((error) => logger.warn({ question: question.id, error: messageOf(error) }, 'answer not stored'))
      .finally(() => this.#busy.delete(work));
    this.#busy.add(work);
  }

  /** A machine or git server that hangs holds a slot no longer than anybody waits for the answer. */
  async #within(question: questions.Question): Promise<unknown> {
    const signal = AbortSignal.timeout(Math.max(1, question.deadlineAt - question.askedAt));
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new CedarError('question_expired')), { once: true });
    });
    return Promise.race([kinds[question.kind]({ ...this.#means, signal }, question.args), late]);
  }

  async #answer(question: questions.Question): Promise<void> {
    try {
      const answer = await this.#within(question);
      await questions.answer(this.#db, question.id, answer);
    } catch (error) {
      const known = error instanceof CedarError;
      logger.info({ question: question.id, kind: question.kind, error: messageOf(error) }, 'question failed');
      await questions.fail(this.#db, question.id, {
        code: known ? error.code : 'unexpected',
        detail: known ? error.detail : { message: messageOf(error).slice(0, 300) },
      });
    }
  }
}
