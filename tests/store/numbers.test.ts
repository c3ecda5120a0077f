import { ulid } from 'ulid';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Db } from '../../src/store/database.ts';
import { EndedSince } from '../../src/store/ended-since.ts';
import { readNumbers } from '../../src/web/metrics/numbers.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { addHost, addProject, ground } from './inventory.ts';

eachDatabase((kind) =>
  describe(`numbers on ${kind}`, () => {
    let db: Db;
    let projectId: string;
    let groupId: string;
    beforeAll(async () => {
      ({ db } = await freshDatabase(kind));
      ({ groupId } = await ground(db));
      ({ id: projectId } = await addProject(db, groupId, { name: 'shop', environment: 'online' }));
    });
    const begin = async (state: string, at?: number) => {
      const row = {
        ...{ id: ulid(at), project_id: projectId, project_key: 'online_shop', environment: 'online' },
        ...{
          group_id: groupId,
          kind: 'deploy',
          state,
          requested_name: 'ada',
          created_at: 1,
          started_at: 1000,
        },
      };
      await db('operations').insert(row);
      return row.id;
    };
    const end = (id: string) => db('operations').where({ id }).update({ state: 'failed', finished_at: 4000 });

    test('each operation that ends is told once, those from before never', async () => {
      await begin('succeeded');
      const old = await begin('running');
      const ended = new EndedSince(db);
      expect(await ended.next()).toEqual([]);
      expect(await ended.next()).toEqual([]);
      const young = await begin('queued');
      await end(old);
      expect(await ended.next()).toEqual([{ id: old, kind: 'deploy', state: 'failed', ms: 3000 }]);
      await end(young);
      const quick = await begin('cancelled');
      expect((await ended.next()).map(({ id }) => id).sort()).toEqual([young, quick].sort());
      expect(await ended.next()).toEqual([]);
    });

    test('and once where two ask at the same time, or where the rest of the numbers could not be read', async () => {
      const one = await begin('running', Date.now() - 600_000);
      const ended = new EndedSince(db);
      await ended.next();
      await end(one);
      const both = await Promise.all([ended.next(), ended.next()]);
      expect(both.flat().map(({ id }) => id)).toEqual([one]);
      const two = await begin('failed');
      await db.schema.renameTable('workers', 'elsewhere');
      await expect(readNumbers(db, ended, 30)).rejects.toThrow('workers');
      await db.schema.renameTable('elsewhere', 'workers');
      expect((await readNumbers(db, ended, 30)).ended.map(({ id }) => id)).toEqual([two]);
    });

    test('hosts, looks and notices are counted', async () => {
      const { id } = await addHost(db, 'web1', '192.0.2.1');
      await addHost(db, 'web2', '192.0.2.2');
      const at = Date.now();
      await db('host_states').where({ host_id: id }).delete();
      await db('host_states').insert({
        ...{ host_id: id, reachable: 'reachable', supervisor: 'running', checked_at: at },
      });
      await db('channels').insert({ id: ulid(), kind: 'webhook', name: 'ops', created_at: at });
      const channelId = (await db('channels').first('id')).id;
      for (const state of ['waiting', 'sent', 'undelivered']) {
        const notice = { id: ulid(), dedupe_key: state, channel_id: channelId, topic: 'x', state };
        await db('notices').insert({ ...notice, created_at: at - 9000, next_at: at });
      }
      const numbers = await readNumbers(db, new EndedSince(db), 30);
      expect(Object.fromEntries(numbers.hosts.states)).toEqual({ reachable: 1, unknown: 1 });
      expect(numbers.hosts).toMatchObject({ looked: 1 });
      expect(numbers.notices).toMatchObject({ n: 1 });
      expect(numbers.notices.oldestMs).toBeGreaterThan(8000);
      expect(numbers.channels.map(({ state, n }) => [state, n]).sort()).toEqual([
        ['undelivered', 1],
        ['waiting', 1],
      ]);
      expect(numbers.questions).toEqual({ n: 0, oldestMs: null });
    });
  }),
);
