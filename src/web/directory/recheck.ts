import { setTimeout as pause } from 'node:timers/promises';
import type { Directory } from '../../auth/ldap/directory.ts';
import { messageOf } from '../../errors.ts';
import { logger } from '../../logger.ts';
import { record } from '../../store/audit.ts';
import type { Db } from '../../store/database.ts';
import * as directoryUsers from '../../store/directory-users.ts';
import * as sessions from '../../store/sessions.ts';
import { writing } from '../../store/transaction.ts';
import { confirm } from './admit.ts';

/** Who asks about an account has so long until another process may. */
const CLAIM_MS = 30_000;

/**
 * Asks the directory again and again whether its people may still come in, and disables those who may not: then
 * sessions and tokens are refused at once. No answer changes nothing. Any number of processes may run one.
 */
export class Recheck {
  readonly #db: Db;
  readonly #directory: Directory;
  readonly #everyMs: number;
  readonly #ended = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  /** @param minutes how old a confirmation may become before the directory is asked again */
  constructor(db: Db, directory: Directory, minutes: number) {
    this.#db = db;
    this.#directory = directory;
    this.#everyMs = minutes * 60_000;
  }

  start(): void {
    this.#loop = this.#askForever();
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#loop;
  }

  async #askForever(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        await this.look();
      } catch (error) {
        logger.warn({ error: messageOf(error) }, 'the directory could not be asked about its people');
      }
      const pollMs = Math.min(this.#everyMs / 10, 15_000);
      await pause(pollMs, undefined, { signal }).catch((error: Error) => error);
    }
  }

  /** Asks about everybody whose confirmation is old, once. @throws DirectoryAway; the next look goes on */
  async look(): Promise<void> {
    for (const user of await directoryUsers.due(this.#db, Date.now() - this.#everyMs)) {
      if (this.#ended.signal.aborted) return;
      if (await directoryUsers.claim(this.#db, user.id, Date.now() - CLAIM_MS)) await this.#ask(user);
    }
  }

  async #ask(user: directoryUsers.DirectoryUser): Promise<void> {
    const found = await this.#directory.byId(user.directoryId);
    await writing(this.#db, async (trx) => {
      if (found) await confirm(trx, user, found);
      else await end(trx, user);
    });
  }
}

async function end(trx: Db, user: directoryUsers.DirectoryUser): Promise<void> {
  const disabledAt = await directoryUsers.disable(trx, user.id);
  await sessions.endAllOf(trx, user.id);
  await record(trx, {
    ...{ actor: 'directory', via: 'web', action: 'user.disable', object: `user:${user.username}` },
    ...{ before: { disabledAt: null }, after: { disabledAt }, result: 'ok' },
  });
}
