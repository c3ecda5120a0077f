import type { Vault } from '../auth/vault.ts';
import { messageOf as wordsOf } from '../errors.ts';
import { logger } from '../logger.ts';
import type { Notice } from '../model/notice.ts';
import * as claims from '../store/channel-claims.ts';
import * as channels from '../store/channels.ts';
import { readClock } from '../store/clock.ts';
import type { Db } from '../store/database.ts';
import * as notices from '../store/notices.ts';
import { writing } from '../store/transaction.ts';
import { type Answer, type Channel, type Means, type Message, NotSent } from './channel.ts';
import { channelOf } from './index.ts';
import { digest, messageOf } from './say.ts';
import { openValues } from './values.ts';

/** Milliseconds. `windowMs` is a minute, but for tests. */
export type SenderTimes = {
  leaseMs: number;
  windowMs: number;
  /** Pause after the first failure; it doubles up to `longestMs`. */
  retryMs: number;
  longestMs: number;
  /** A notice that was not sent for so long is given up. */
  giveUpMs: number;
  /** A receiver of changes that failed for so long is switched off. */
  offMs: number;
};

/** What sending takes; made once per worker. */
export type Dispatch = { db: Db; vault: Vault; worker: string; means: Means; times: SenderTimes };

/** Notices in one message at most. */
const MOST_TOGETHER = 40;

/** Sends what a claimed channel has to send, until it has nothing left, is full or fails. */
export async function sendDue(dispatch: Dispatch, claim: claims.Claim, ended: () => boolean): Promise<void> {
  const { db, times } = dispatch;
  try {
    while (!ended() && (await claims.keep(db, claim, times.leaseMs))) {
      if (!(await sendNext(dispatch, claim))) return;
    }
  } finally {
    await claims.letGo(db, claim);
  }
}

/** Sends one message. False where there is none to send now. */
async function sendNext(dispatch: Dispatch, claim: claims.Claim): Promise<boolean> {
  const { db, times } = dispatch;
  const row = await channels.byId(db, claim.channelId);
  const all = row && !row.disabledAt ? await notices.dueOf(db, row.id, 200) : [];
  if (!row || all.length === 0) return false;
  const kind = channelOf(row.kind);
  const { at, clock } = await claims.recent(db, row.id, times.windowMs);
  const room = kind.perMinute === null ? all.length : kind.perMinute - at.length;
  if (room <= 0) {
    await claims.wait(db, row.id, Math.max(50, (at[0] ?? clock) + times.windowMs - clock));
    return false;
  }
  const crowded = kind.perMinute !== null && all.length > (row.failures > 0 ? 1 : room);
  const chosen = choose(all, crowded);
  return tell(dispatch, row, kind, chosen, at);
}

/** One notice, or a digest where there are more than may go one by one. */
function choose(all: readonly Notice[], crowded: boolean): Notice[] {
  const [first] = all;
  const together = all.filter((notice) => !notice.alone).slice(0, MOST_TOGETHER);
  return crowded && together.length > 1 ? together : first ? [first] : [];
}

async function tell(
  dispatch: Dispatch,
  row: channels.Channel,
  kind: Channel,
  chosen: readonly Notice[],
  before: readonly number[],
): Promise<boolean> {
  const { db } = dispatch;
  const ids = chosen.map((notice) => notice.id);
  const attempts = await writing(db, (trx) => notices.begin(trx, ids));
  const begun = performance.now();
  const outcome = await attempt(dispatch, row, kind, chosen);
  const ms = Math.round(performance.now() - begun);
  await writing(db, async (trx) => {
    await claims.count(trx, row.id, before);
    if (outcome instanceof NotSent) await notSent(dispatch, trx, row, kind, chosen, attempts, outcome, ms);
    else {
      await notices.conclude(trx, attempts, { ms, code: outcome.code, result: 'sent', answer: outcome.text });
      await notices.sent(trx, ids);
      await claims.recovered(trx, row.id);
    }
  });
  return !(outcome instanceof NotSent) || outcome.permanent;
}

async function attempt(
  dispatch: Dispatch,
  row: channels.Channel,
  kind: Channel,
  chosen: readonly Notice[],
): Promise<Answer | NotSent> {
  try {
    const values = openValues(dispatch.vault, kind.options, row.options);
    return await kind.send(messageFor(dispatch.means, chosen), values, dispatch.means);
  } catch (error) {
    if (error instanceof NotSent) return error;
    logger.error({ channel: row.id, error: wordsOf(error) }, 'a channel failed in itself');
    return new NotSent(wordsOf(error).slice(0, 300), false);
  }
}

function messageFor({ t, baseUrl }: Means, chosen: readonly Notice[]): Message {
  const messages = chosen.map((notice) => messageOf(t, baseUrl, notice));
  const [only] = messages;
  return messages.length === 1 && only ? only : digest(t, baseUrl, messages);
}

async function notSent(
  { times }: Dispatch,
  trx: Db,
  row: channels.Channel,
  kind: Channel,
  chosen: readonly Notice[],
  attempts: readonly string[],
  failure: NotSent,
  ms: number,
): Promise<void> {
  const { message: reason, code, permanent } = failure;
  const ids = chosen.map((notice) => notice.id);
  const result = permanent ? 'refused' : 'later';
  await notices.conclude(trx, attempts, { ms, code, result, answer: reason });
  if (permanent && ids.length > 1) return notices.postpone(trx, ids, reason, 0, true);
  if (permanent) await notices.giveUp(trx, ids, reason);
  const wait = failure.waitMs || pauseAfter(row.failures, times);
  if (!permanent) {
    const clock = await readClock(trx);
    const old = chosen.filter((notice) => clock - notice.createdAt >= times.giveUpMs);
    await notices.giveUp(
      trx,
      old.map((notice) => notice.id),
      reason,
    );
    await notices.postpone(trx, ids, reason, wait);
    await claims.failed(trx, row.id, wait);
    const failing = row.failingSince !== null && clock - row.failingSince >= times.offMs;
    if (kind.hears === 'programs' && failing) await channels.disable(trx, row.id, reason);
  }
  if (permanent && code === 410) await channels.disable(trx, row.id, reason);
}

/** Doubled with every failure, and up to a fifth shorter, so that not all channels come back at once. */
function pauseAfter(failures: number, { retryMs, longestMs }: SenderTimes): number {
  return Math.min(retryMs * 2 ** Math.min(failures, 20), longestMs) * (0.8 + Math.random() * 0.2);
}
