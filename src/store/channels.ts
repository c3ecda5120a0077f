import { ulid } from 'ulid';
import { InvalidForm } from '../errors.ts';
import type { OptionValues } from '../model/option.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';
import { isDuplicate } from './transaction.ts';

/** A robot or a receiver. `groupId`: for receivers of changes, whose operations alone; null: everybody's. */
export type Channel = {
  id: string;
  kind: string;
  name: string;
  groupId: string | null;
  /** Values of its kind's options; secrets sealed. */
  options: OptionValues;
  failures: number;
  failingSince: number | null;
  waitUntil: number | null;
  disabledAt: number | null;
  disabledWhy: string | null;
  createdAt: number;
};

export type ChannelDraft = Pick<Channel, 'name' | 'groupId' | 'options'>;

/** By name. */
export async function all(db: Db): Promise<Channel[]> {
  return (await db('channels').orderBy('name')).map(toChannel);
}

export async function byId(db: Db, id: string): Promise<Channel | null> {
  const row = await db('channels').where({ id }).first();
  return row ? toChannel(row) : null;
}

/** @throws InvalidForm where the name is taken. */
export async function add(db: Db, draft: ChannelDraft & { kind: string }): Promise<string> {
  const id = ulid();
  await named(() =>
    db('channels').insert({ id, kind: draft.kind, ...columns(draft), created_at: Date.now() }),
  );
  return id;
}

/** Changes a channel, which is thereby tried again at once. @throws InvalidForm where the name is taken. */
export async function change(db: Db, id: string, draft: ChannelDraft): Promise<void> {
  await named(() =>
    db('channels')
      .where({ id })
      .update({ ...columns(draft), ...well }),
  );
}

/** Switches a channel on again. */
export async function enable(db: Db, id: string): Promise<void> {
  await db('channels').where({ id }).update(well);
}

/** Removes a channel; what it had still to tell is undelivered. */
export async function remove(db: Db, id: string): Promise<void> {
  await undeliver(db, id, 'channel removed');
  await db('audiences').where({ channel_id: id }).delete();
  await db('channels').where({ id }).delete();
}

/** Switches a channel off, in the words of its page; what it had still to tell is undelivered. */
export async function disable(db: Db, id: string, why: string): Promise<void> {
  await db('channels')
    .where({ id })
    .update({ disabled_at: now(db), disabled_why: why });
  await undeliver(db, id, why);
}

/** Audience → channel id. */
export async function audiences(db: Db): Promise<Map<string, string>> {
  const rows = await db('audiences').select('audience', 'channel_id');
  return new Map(rows.map((row) => [row.audience, row.channel_id]));
}

/** Chooses who tells an audience; null: nobody. */
export async function choose(db: Db, audience: string, channelId: string | null): Promise<void> {
  await db('audiences').where({ audience }).delete();
  if (channelId) await db('audiences').insert({ audience, channel_id: channelId });
}

async function undeliver(db: Db, channelId: string, reason: string): Promise<void> {
  await db('notices')
    .where({ channel_id: channelId, state: 'waiting' })
    .update({ state: 'undelivered', ended_at: now(db), reason });
}

const well = {
  ...{ failures: 0, failing_since: null, wait_until: null },
  ...{ disabled_at: null, disabled_why: null },
};

function columns({ name, groupId, options }: ChannelDraft): Record<string, unknown> {
  return { name, group_id: groupId, options: JSON.stringify(options) };
}

async function named(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (isDuplicate(error)) throw new InvalidForm([{ field: 'name', code: 'taken' }]);
    throw error;
  }
}

function toChannel(row: Record<string, unknown>): Channel {
  const number = (value: unknown) => (value === null ? null : Number(value));
  return {
    id: row.id as string,
    kind: row.kind as string,
    name: row.name as string,
    groupId: row.group_id as string | null,
    options: JSON.parse((row.options as string | null) ?? '{}') as OptionValues,
    failures: Number(row.failures),
    failingSince: number(row.failing_since),
    waitUntil: number(row.wait_until),
    disabledAt: number(row.disabled_at),
    disabledWhy: row.disabled_why as string | null,
    createdAt: Number(row.created_at),
  };
}
