import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import { Forgetter } from '../../src/alarms/forgetter.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { eachDatabase } from '../lab/database.ts';
import { Fleet } from './fleet.ts';

const DAY = 86_400_000;

eachDatabase((kind) =>
  describe(`what is too old (${kind})`, async () => {
    const fleet = await Fleet.of(kind, { hosts: 1, projects: 1 });
    const { db, robot } = fleet;
    const count = async (table: string) => Number((await db(table).count({ n: '*' }).first())?.n);

    async function flips(many: number, at: number): Promise<void> {
      const flip = { host_id: fleet.hostIds[0], from_state: 'running', to_state: 'failed' };
      const rows = Array.from({ length: many }, () => ({ ...flip, id: ulid(), at }));
      for (let first = 0; first < many; first += 500)
        await db('flips').insert(rows.slice(first, first + 500));
    }

    async function notice(at: number, state: string): Promise<void> {
      const id = ulid(at);
      const row = { id, dedupe_key: id, channel_id: robot, topic: 'test', body: '{}', state, attempts: 1 };
      await db('notices').insert({ ...row, created_at: at, next_at: at });
      await db('notice_attempts').insert({ id: ulid(), notice_id: id, at, together: 1, result: 'sent' });
    }

    test('is forgotten, in parts; what is not, what goes on and what waits stays', async () => {
      const [old, young] = [Date.now() - 91 * DAY, Date.now() - 89 * DAY];
      await fleet.look('failed', {}, {}, 2);
      await fleet.pass();
      await fleet.look('running');
      await fleet.pass({ gapMs: 0 });
      await fleet.look('failed', {}, {}, 2);
      await fleet.pass({ gapMs: 0, repeatMs: 0 });
      expect([await count('alarms'), await count('alarm_tellings')]).toEqual([2, 2]);
      await db('alarms').whereNotNull('ended_at').update({ ended_at: old });
      await db('alarms').whereNull('ended_at').update({ opened_at: old, bad_since: old });
      for (const table of ['flips', 'notices', 'notice_attempts']) await db(table).delete();
      await flips(2300, old);
      await flips(7, young);
      await notice(Date.now() - 31 * DAY, 'sent');
      await notice(Date.now() - 31 * DAY, 'waiting');
      await notice(Date.now() - 29 * DAY, 'undelivered');
      expect(await new Forgetter(db, 90).forget()).toBe(2300 + 1 + 1 + 2);
      expect(await count('flips')).toBe(7);
      expect([await count('alarms'), await count('alarm_tellings')]).toEqual([1, 1]);
      expect(await db('notices').orderBy('id').pluck('state')).toEqual(['waiting', 'undelivered']);
      expect(await count('notice_attempts')).toBe(1);
      expect(await new Forgetter(db, 90).forget()).toBe(0);
    });

    test('is forgotten by itself, and it ends when it is asked to', async () => {
      await flips(5, Date.now() - 91 * DAY);
      const forgetter = new Forgetter(db, 90);
      forgetter.start();
      await until('they are gone', async () => (await count('flips')) === 7);
      await forgetter.stop();
    });
  }),
);
