import { describe, expect, test } from 'vitest';
import * as claims from '../../src/store/channel-claims.ts';
import * as channels from '../../src/store/channels.ts';
import { readClock } from '../../src/store/clock.ts';
import { noticeSetBack } from '../../src/store/clock-set.ts';
import { put } from '../../src/store/outbox.ts';
import * as workers from '../../src/store/workers.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';

const HOUR = 3_600_000;

eachDatabase((kind) =>
  describe(`a clock of ${kind} that is set back by an hour`, async () => {
    const { db } = await freshDatabase(kind);
    const channelId = await channels.add(db, { kind: 'dingtalk', name: 'robot', groupId: null, options: {} });
    const notice = {
      channelId,
      topic: 'test',
      body: { told: { title: { key: 'x' }, lines: [], path: '/', urgent: false } },
    };
    await put(db, { ...notice, dedupeKey: 'one', operationId: null });
    await workers.register(db, { id: 'dead', kind: 'worker', machine: 'm', pid: 1 });
    await claims.claim(db, channelId, 'dead', 30_000);
    await noticeSetBack(db);
    // as if it had been an hour later when all that was written
    await db('clock_seen').increment('at', HOUR);
    await db('workers').increment('heartbeat_at', HOUR);
    await db('channels').increment('claimed_until', HOUR);
    await db('notices').increment('next_at', HOUR);

    test('is noticed by one of those who ask at once, and by nobody again', async () => {
      const found = await Promise.all([noticeSetBack(db), noticeSetBack(db), noticeSetBack(db)]);
      expect(found.filter((ms) => ms === 0)).toHaveLength(2);
      const backMs = Math.max(...found);
      expect(backMs).toBeGreaterThan(HOUR - 60_000);
      expect(backMs).toBeLessThanOrEqual(HOUR);
      expect(await noticeSetBack(db)).toBe(0);
    });

    test('holds nothing for longer than it would have', async () => {
      const at = await readClock(db);
      const channel = await db('channels').where({ id: channelId }).first();
      expect(Number(channel.claimed_until) - at).toBeLessThanOrEqual(30_000);
      const [row] = await db('notices');
      expect(Number(row.next_at) - at).toBeLessThanOrEqual(0);
      const [worker] = await db('workers');
      expect(Math.abs(Number(worker.heartbeat_at) - at)).toBeLessThan(60_000);
    });
  }),
);

test('messages that were counted in the future are not counted against a channel', async () => {
  const { db } = await freshDatabase();
  const id = await channels.add(db, { kind: 'dingtalk', name: 'robot', groupId: null, options: {} });
  const at = await readClock(db);
  await db('channels')
    .where({ id })
    .update({ recent: JSON.stringify([at - 1000, at + HOUR]) });
  expect((await claims.recent(db, id, 60_000)).at).toEqual([at - 1000]);
});

test('a clock that goes on, or wavers, changes nothing', async () => {
  const { db } = await freshDatabase();
  expect(await noticeSetBack(db)).toBe(0);
  await db('clock_seen').increment('at', 2000);
  expect(await noticeSetBack(db)).toBe(0);
});
