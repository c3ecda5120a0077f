import { monotonicFactory } from 'ulid';
import type { Audience, NoticeBody, Told } from '../model/notice.ts';
import type { NewsKind, NewsPlace } from '../model/route.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';
import { inParts } from './in-parts.ts';
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

/** A notice for one channel. */
export type Letter = {
  channelId: string;
  topic: string;
  dedupeKey: string;
  body: NoticeBody;
  operationId: string | null;
  ticketId?: string | null;
};

/**
 * Writes a notice for one channel, unless its key was used for that channel before; for a channel that is switched
 * off it is undelivered from the start, where people can see it and send it again. Gives the id that it has, where
 * it was written.
 */
export async function put(trx: Db, letter: Letter): Promise<string> {
  const [id = ''] = await putAll(trx, [letter]);
  return id;
}

/** Writes several, each as `put` does, in few statements; they are told in this order. */
export async function putAll(trx: Db, letters: readonly Letter[]): Promise<string[]> {
  if (letters.length === 0) return [];
  const off = await switchedOff(trx, [...new Set(letters.map(({ channelId }) => channelId))]);
  const nextId = monotonicFactory();
  const rows = letters.map((letter) => ({ id: nextId(), ...rowOf(trx, letter, off) }));
  for (const part of inParts(rows, 50)) await trx('notices').insert(part).onConflict('dedupe_key').ignore();
  return rows.map(({ id }) => id);
}

/** Why channels are switched off, of those that are. */
async function switchedOff(trx: Db, channelIds: string[]): Promise<Map<string, string | null>> {
  const rows = await trx('channels')
    .whereIn('id', channelIds)
    .whereNotNull('disabled_at')
    .select('id', 'disabled_why');
  return new Map(rows.map((row) => [row.id, row.disabled_why]));
}

function rowOf(trx: Db, letter: Letter, off: ReadonlyMap<string, string | null>) {
  const { channelId, topic, dedupeKey, body, operationId, ticketId = null } = letter;
  const undelivered = off.has(channelId);
  return {
    ...{ dedupe_key: `${dedupeKey}@${channelId}`, channel_id: channelId, topic },
    ...{ body: JSON.stringify(body), operation_id: operationId, ticket_id: ticketId },
    ...{ created_at: now(trx), next_at: now(trx), ended_at: undelivered ? now(trx) : null },
    ...{ state: undelivered ? 'undelivered' : 'waiting', reason: off.get(channelId) ?? null },
  };
}

/** An audience as its row names it. */
export function audienceName(audience: Audience): string {
  return audience === 'sre' ? 'sre' : `group:${audience.group}`;
}
