import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import type { Told } from '../../src/model/notice.ts';
import { add } from '../../src/store/outbox.ts';
import { writing } from '../../src/store/transaction.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';

const told: Told = { title: { key: 'kind.deploy' }, lines: [], path: null };

eachDatabase((kind) =>
  describe(kind, () => {
    test('a notice is written with what it tells, once, and only where somebody listens', async () => {
      const { db } = await freshDatabase(kind);
      const [channel, group] = [ulid(), ulid()];
      await db('channels').insert({
        id: channel,
        kind: 'dingtalk',
        name: 'ops',
        options: '{}',
        created_at: 1,
      });
      await db('audiences').insert({ audience: `group:${group}`, channel_id: channel });
      const notice = { audience: { group }, topic: 'operation', dedupeKey: 'op:1:ended', told };
      expect(await add(db, { ...notice, audience: 'sre' })).toBe(false);
      await expect(
        writing(db, async (trx) => {
          await add(trx, notice);
          throw new Error('the operation was not ended after all');
        }),
      ).rejects.toThrow('after all');
      expect(await db('notices')).toHaveLength(0);
      expect(await add(db, notice)).toBe(true);
      expect(await add(db, notice)).toBe(true);
      const rows = await db('notices');
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ channel_id: channel, state: 'waiting', topic: 'operation' });
    });
  }),
);
