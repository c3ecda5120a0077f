import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import * as alarms from '../../src/store/alarms.ts';
import * as channels from '../../src/store/channels.ts';
import type { Db } from '../../src/store/database.ts';
import { eachDatabase } from '../lab/database.ts';
import { Fleet } from './fleet.ts';

eachDatabase((kind) =>
  describe(`programs that hear of alarms, on ${kind}`, () => {
    test('each hears once of every beginning and end in its groups, in few statements', async () => {
      const fleet = await Fleet.of(kind, { hosts: 5, projects: 120 });
      const { db, groupId } = fleet;
      const hook = (name: string, group: string | null) =>
        channels.add(db, { kind: 'webhook', name, groupId: group, options: {} });
      const [all, own, off] = [await hook('all', null), await hook('own', groupId), await hook('off', null)];
      await hook('alien', ulid());
      await channels.disable(db, off, 'it said 410');
      const sent = statements(db);
      await fleet.look('failed', {}, {}, 2);
      expect(await sent(() => fleet.pass())).toBeLessThan(60);
      const ids = (await alarms.open(db)).map(({ id }) => id);
      expect(ids).toHaveLength(120);
      const of = (type: string) => ids.map((id) => `${type}:${id}`);
      for (const channel of [all, own])
        expect(await heard(db, channel, 'waiting')).toEqual(of('alarm.opened'));
      expect(await heard(db, off, 'undelivered')).toEqual(of('alarm.opened'));
      expect(await db('notices').where({ topic: 'change' })).toHaveLength(360);
      const [row] = await db('notices').where({ channel_id: off });
      expect(row).toMatchObject({ reason: 'it said 410', attempts: 0 });
      expect(Number(row.ended_at)).toBeGreaterThan(0);
      await fleet.pass();
      expect(await db('notices').where({ topic: 'change' })).toHaveLength(360);

      await db('placement_states').update({ message: 'otherwise' });
      const [odd = ''] = fleet.serviceIds;
      await db('placement_states').where({ placement_id: odd }).update({ message: null });
      expect(await sent(() => fleet.pass())).toBeLessThan(30);
      const now = await alarms.open(db);
      expect(now.filter(({ message }) => message === 'otherwise')).toHaveLength(119);
      expect(now.filter(({ message }) => message === null).map(({ key }) => key)).toEqual([`service:${odd}`]);

      await fleet.look('running');
      expect(await sent(() => fleet.pass())).toBeLessThan(60);
      expect((await heard(db, own, 'waiting')).slice(120)).toEqual(of('alarm.ended'));
      const body = JSON.parse(
        (await db('notices').where({ channel_id: own }).orderBy('id', 'desc').first()).body,
      );
      expect(body.event).toMatchObject({
        type: 'alarm.ended',
        data: { kind: 'service', host: expect.stringMatching(/^host-\d$/) },
      });
    });
  }),
);

/** The keys of what a channel is to be told, first the beginnings, in the order of the alarms. */
async function heard(db: Db, channel: string, state: string): Promise<string[]> {
  const rows = await db('notices').where({ channel_id: channel, state }).orderBy('id');
  return rows.map(({ dedupe_key }) => String(dedupe_key).replace(/@.*/, ''));
}

/** How many statements a deed sends. */
function statements(db: Db): (deed: () => Promise<unknown>) => Promise<number> {
  let sent = 0;
  db.on('query', () => {
    sent += 1;
  });
  return async (deed) => {
    const before = sent;
    await deed();
    return sent - before;
  };
}
