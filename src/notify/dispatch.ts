import type { Notice } from '../model/notice.ts';
import * as claims from '../store/channel-claims.ts';
import * as channels from '../store/channels.ts';
import * as notices from '../store/notices.ts';
import { channelOf } from './index.ts';
import { sendOne } from './send-one.ts';
import type { Dispatch } from './sending.ts';

/** Notices in one message at most. */
const MOST_TOGETHER = 40;
const SECOND = 1000;

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
  const second = at.filter((sent) => sent > clock - SECOND);
  if (kind.perSecond !== undefined && second.length >= kind.perSecond) {
    await claims.wait(db, row.id, Math.max(50, (second[0] ?? clock) + SECOND - clock));
    return false;
  }
  const crowded = kind.perMinute !== null && all.length > (row.failures > 0 ? 1 : room);
  const chosen = choose(all, crowded);
  return sendOne(dispatch, { row, kind, chosen, before: at });
}

/** One notice, or a digest where there are more than may go one by one. */
function choose(all: readonly Notice[], crowded: boolean): Notice[] {
  const [first] = all;
  const together = all.filter((notice) => !notice.alone).slice(0, MOST_TOGETHER);
  return crowded && together.length > 1 ? together : first ? [first] : [];
}
