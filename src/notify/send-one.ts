import { messageOf as wordsOf } from '../errors.ts';
import { logger } from '../logger.ts';
import type { Notice } from '../model/notice.ts';
import * as claims from '../store/channel-claims.ts';
import * as channels from '../store/channels.ts';
import { readClock } from '../store/clock.ts';
import type { Db } from '../store/database.ts';
import * as notices from '../store/notices.ts';
import { writing } from '../store/transaction.ts';
import { type Answer, type Channel, NotSent } from './channel.ts';
import { digest } from './digest.ts';
import { messageOf } from './say.ts';
import type { Dispatch, SenderTimes } from './sending.ts';
import { openValues } from './values.ts';

/** One message of a channel: the notices in it, and when the messages before it were sent that still count. */
export type Turn = {
  row: channels.Channel;
  kind: Channel;
  chosen: readonly Notice[];
  before: readonly number[];
};

/** A receiver that answers so wants nothing more, ever. */
const GONE = 410;

/** Sends one message, noted before and after. False where the channel is to be left alone for a while. */
export async function sendOne(dispatch: Dispatch, turn: Turn): Promise<boolean> {
  const { db, times } = dispatch;
  const { row, before } = turn;
  const ids = idsOf(turn);
  const attempts = await writing(db, (trx) => notices.begin(trx, ids));
  const begun = performance.now();
  const outcome = await attempt(dispatch, turn);
  const ms = Math.round(performance.now() - begun);
  const failed = outcome instanceof NotSent;
  const result = failed ? (outcome.permanent ? 'refused' : 'later') : 'sent';
  await writing(db, async (trx) => {
    await claims.count(trx, row.id, before);
    const answer = failed ? outcome.message : outcome.text;
    await notices.conclude(trx, attempts, { ms, code: outcome.code, result, answer });
    if (failed && outcome.permanent) return refused(trx, turn, outcome);
    if (failed) return later(trx, turn, outcome, times);
    await notices.sent(trx, ids);
    await claims.recovered(trx, row.id);
  });
  return result !== 'later';
}

async function attempt({ vault, means }: Dispatch, { row, kind, chosen }: Turn): Promise<Answer | NotSent> {
  try {
    const { t, baseUrl } = means;
    const [only] = chosen;
    const message = chosen.length === 1 && only ? messageOf(t, baseUrl, only) : digest(t, baseUrl, chosen);
    return await kind.send(message, openValues(vault, kind.options, row.options), means);
  } catch (error) {
    if (error instanceof NotSent) return error;
    logger.error({ channel: row.id, error: wordsOf(error) }, 'a channel failed in itself');
    return new NotSent(wordsOf(error).slice(0, 300), false);
  }
}

/** No other try can mend it; but in a digest one notice may be to blame for all. */
async function refused(trx: Db, turn: Turn, { message: reason, code }: NotSent): Promise<void> {
  const ids = idsOf(turn);
  if (ids.length > 1) return notices.postpone(trx, ids, reason, 0, true);
  await notices.giveUp(trx, ids, reason);
  if (code === GONE) await channels.disable(trx, turn.row.id, reason);
}

/** Tried again later, unless it has been tried for too long; a receiver that fails for very long is switched off. */
async function later(trx: Db, turn: Turn, failure: NotSent, times: SenderTimes): Promise<void> {
  const { row, kind, chosen } = turn;
  const { message: reason } = failure;
  const clock = await readClock(trx);
  const wait = failure.waitMs || pauseAfter(row.failures, times);
  const old = chosen.filter((notice) => clock - notice.createdAt >= times.giveUpMs);
  await notices.giveUp(
    trx,
    old.map((notice) => notice.id),
    reason,
  );
  await notices.postpone(trx, idsOf(turn), reason, wait);
  await claims.failed(trx, row.id, wait);
  const failing = row.failingSince !== null && clock - row.failingSince >= times.offMs;
  if (kind.hears === 'programs' && failing) await channels.disable(trx, row.id, reason);
}

function idsOf({ chosen }: Turn): string[] {
  return chosen.map((notice) => notice.id);
}

/** Doubled with every failure, and up to a fifth shorter, so that not all channels come back at once. */
function pauseAfter(failures: number, { retryMs, longestMs }: SenderTimes): number {
  return Math.min(retryMs * 2 ** Math.min(failures, 20), longestMs) * (0.8 + Math.random() * 0.2);
}
