import { ulid } from 'ulid';
import type { Audience, NoticeBody, Told } from '../model/notice.ts';
import type { NewsKind, NewsPlace } from '../model/route.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';
import { hearers } from './news-routes.ts';

/** What somebody shall be told. `topic` groups notices on their page: the text `notice.topic.<topic>`. */
export type NewNotice = {
  /** Who hears it where it is no news of a place. */
  audience?: Audience;
  topic: string;
  /** At most 150 characters; a notice with a key that was used before is not written again. */
  dedupeKey: string;
  told: Told;
  operationId?: string | null;
  ticketId?: string | null;
  /** What it is and where it happened: routes go by that, and the robot of the place's group. */
  news?: { kind: NewsKind; place: NewsPlace };
};

/**
 * Writes a notice in the transaction of what it tells: a worker sends it within seconds of the commit, at least
 * once. Nothing is written where nobody is to be told. Gives whether a channel will tell it.
 */
export async function add(trx: Db, notice: NewNotice): Promise<boolean> {
  const { topic, dedupeKey, told, operationId = null, ticketId } = notice;
  const channels = await channelsOf(trx, notice);
  for (const channelId of channels)
    await put(trx, { channelId, topic, dedupeKey, body: { told }, operationId, ticketId });
  return channels.length > 0;
}

/** Who hears of the news; without news the robot of the audience. */
async function channelsOf(trx: Db, { audience, news }: NewNotice): Promise<string[]> {
  if (news) return (await hearers(trx))(news.kind, news.place);
  return trx('audiences')
    .where({ audience: audienceName(audience ?? 'sre') })
    .pluck('channel_id');
}

/**
 * Writes a notice for one channel, unless its key was used for that channel before; for a channel that is switched
 * off it is undelivered from the start, where people can see it and send it again. Gives the id that it has, where
 * it was written.
 */
export async function put(
  trx: Db,
  notice: {
    channelId: string;
    topic: string;
    dedupeKey: string;
    body: NoticeBody;
    operationId: string | null;
    ticketId?: string | null;
  },
): Promise<string> {
  const id = ulid();
  const channel = await trx('channels').where({ id: notice.channelId }).first('disabled_at', 'disabled_why');
  const off = channel?.disabled_at ? { state: 'undelivered', reason: channel.disabled_why } : null;
  await trx('notices')
    .insert({
      id,
      dedupe_key: `${notice.dedupeKey}@${notice.channelId}`,
      channel_id: notice.channelId,
      topic: notice.topic,
      body: JSON.stringify(notice.body),
      operation_id: notice.operationId,
      ticket_id: notice.ticketId ?? null,
      created_at: now(trx),
      next_at: now(trx),
      ...(off ? { ...off, ended_at: now(trx) } : { state: 'waiting' }),
    })
    .onConflict('dedupe_key')
    .ignore();
  return id;
}

/** An audience as its row names it. */
export function audienceName(audience: Audience): string {
  return audience === 'sre' ? 'sre' : `group:${audience.group}`;
}
