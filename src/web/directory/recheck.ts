import { setTimeout as pause } from 'node:timers/promises';
import type { Directory } from '../../auth/ldap/directory.ts';
import { DirectoryAway } from '../../auth/ldap/directory-away.ts';
import { messageOf } from '../../errors.ts';
import { logger } from '../../logger.ts';
import { record } from '../../store/audit.ts';
import type { Db } from '../../store/database.ts';
import * as directoryCheck from '../../store/directory-check.ts';
import * as directoryUsers from '../../store/directory-users.ts';
import * as sessions from '../../store/sessions.ts';
import { writing } from '../../store/transaction.ts';
import { confirm } from './admit.ts';

/** Who asks about an account has so long until another process may. */
const CLAIM_MS = 30_000;

/**
 * Asks the directory again and again whether its people may still come in, and disables those who may not: then
 * sessions and tokens are refused at once. No answer, and one that proves nothing, changes nothing. Any number of
 * processes may run one.
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
    const count = { asked: 0, here: 0, unsure: 0, ended: 0 };
    let why: string | null = null;
    try {
      for (const user of await directoryUsers.due(this.#db, Date.now() - this.#everyMs)) {
        if (this.#ended.signal.aborted) return;
        if (!(await directoryUsers.claim(this.#db, user.id, Date.now() - CLAIM_MS))) continue;
        count.asked++;
        count[await this.#ask(user)]++;
      }
    } catch (error) {
      why = error instanceof DirectoryAway ? error.why : messageOf(error);
      throw error;
    } finally {
      const { asked, unsure, ended } = count;
      if (asked > 0) await directoryCheck.note(this.#db, { at: Date.now(), why, asked, unsure, ended });
    }
  }

  async #ask(user: directoryUsers.DirectoryUser): Promise<'here' | 'unsure' | 'ended'> {
    const said = await this.#directory.byId(user.directoryId, user.dn);
    return writing(this.#db, async (trx) => {
      if (said.is === 'here') await confirm(trx, user, said.person);
      else if (said.is === 'gone') await end(trx, user, null);
      else if (this.#isStranger) await end(trx, user, said.doubt);
      else await directoryUsers.leave(trx, user.id, said.doubt);
      return said.is === 'here' ? 'here' : said.is === 'unsure' && !this.#isStranger ? 'unsure' : 'ended';
    });
  }

  /** Without a name of its own the console may never learn who was disabled: then a yes holds for its time alone. */
  get #isStranger(): boolean {
    return this.#directory.settings.bindDn === '';
  }
}

/** Disables somebody whom the directory does not let in any more; `doubt`: whom it cannot confirm. */
async function end(trx: Db, user: directoryUsers.DirectoryUser, doubt: string | null): Promise<void> {
  const disabledAt = await directoryUsers.disable(trx, user.id);
  await sessions.endAllOf(trx, user.id);
  await record(trx, {
    ...{ actor: 'directory', via: 'web', action: 'user.disable', object: `user:${user.username}` },
    ...{ before: { disabledAt: null }, after: { disabledAt }, result: 'ok' },
    ...(doubt !== null && { reason: `not confirmed: ${doubt}` }),
  });
}
