import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import { launch } from '../../src/deploy/launch.ts';
import { LeftOutAlarm } from '../../src/deploy/left-out-alarm.ts';
import { translator } from '../../src/i18n/index.ts';
import type { Told } from '../../src/model/notice.ts';
import { defaultProjectSettings } from '../../src/model/project.ts';
import { say } from '../../src/notify/say.ts';
import type { Db } from '../../src/store/database.ts';
import * as environments from '../../src/store/environments.ts';
import * as groups from '../../src/store/groups.ts';
import * as hosts from '../../src/store/hosts.ts';
import { finish } from '../../src/store/journal.ts';
import { leftOut } from '../../src/store/left-out.ts';
import * as locks from '../../src/store/locks.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import * as traffic from '../../src/store/traffic.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';

/** A project with two processes on a host, whose group listens. */
async function shop(db: Db) {
  const groupId = ulid();
  await groups.add(db, { id: groupId, name: 'tills', notes: null });
  await environments.add(db, { name: 'test', production: false, position: 0, settings: {} });
  const project = await projects.add(db, {
    ...{ environment: 'test', name: 'till', groupId, type: 'nodejs', gitUrl: 'https://g.example/a.git' },
    ...{ branch: 'main', port: 4000, settings: defaultProjectSettings, template: null, env: [], notes: null },
  });
  const { id: hostId } = await hosts.add(db, { name: 'm1', address: '10.0.0.1', settings: {}, notes: null });
  await hosts.pin(db, hostId, { key: 'AAAA', fingerprint: 'SHA256:x', by: 'tester' });
  await placements.add(db, { projectId: project.id, hostId, processes: 2, env: [] });
  const channel = { id: ulid(), kind: 'dingtalk', name: 'ops', options: '{}', created_at: 1 };
  await db('channels').insert(channel);
  await db('audiences').insert({ audience: `group:${groupId}`, channel_id: channel.id });
  return { projectId: project.id, hostId };
}

type Shop = Awaited<ReturnType<typeof shop>>;

async function begun(db: Db, { projectId, hostId }: Shop, kind: 'restart' | 'stop' = 'restart') {
  const by = { id: ulid(), username: 'tester', displayName: 'Tester' };
  await launch(db, { kind, projectId, hostIds: [hostId], by });
  return (await locks.claim(db, (await locks.ofProject(db, projectId))!, 'w'.repeat(26), 60))!;
}

async function traffics(db: Db): Promise<Told[]> {
  const rows = await db('notices').where({ topic: 'traffic' }).orderBy('id');
  return rows.map((row: { body: string }) => (JSON.parse(row.body) as { told: Told }).told);
}

const titles = (all: Told[]) => all.map(({ title }) => say(translator('en'), title));
const away = { desired: 'in', observed: 'unknown' } as const;

eachDatabase((kind) =>
  describe(`what is left out of traffic (${kind})`, () => {
    test('is told once for all workers, while nobody works on it, and told again when it is in', async () => {
      const { db } = await freshDatabase(kind);
      const place = await shop(db);
      const both = [0, 1].map((process) => ({ hostId: place.hostId, process }));
      const alarms = [new LeftOutAlarm(db, 0), new LeftOutAlarm(db, 0)];
      const look = () => Promise.all(alarms.map((alarm) => alarm.look()));
      const lease = await begun(db, place);
      for (const one of both) await traffic.set(db, lease, one, away);
      await expect.poll(async () => (await leftOut(db)).length).toBe(2);
      await look();
      expect(await traffics(db)).toEqual([]);
      await finish(db, lease, 'failed', null);
      await expect
        .poll(async () => {
          await look();
          return titles(await traffics(db));
        })
        .toEqual(['test_till: out of traffic (2)']);
      await look();
      const [told] = await traffics(db);
      expect(told).toMatchObject({ path: '/projects/test_till', urgent: true });
      expect(say(translator('zh-CN'), told!.lines[1]!)).toContain('m1 的进程 2');
      const again = await begun(db, place);
      for (const one of both) await traffic.set(db, again, one, { desired: 'in', observed: 'in' });
      await finish(db, again, 'succeeded', null);
      await look();
      await look();
      expect(titles(await traffics(db))).toEqual([
        'test_till: out of traffic (2)',
        'test_till: in traffic again (2)',
      ]);
    });

    test('is not told too early, nor of what was stopped', async () => {
      const { db } = await freshDatabase(kind);
      const place = await shop(db);
      const stop = await begun(db, place, 'stop');
      await traffic.set(db, stop, { hostId: place.hostId, process: 0 }, { desired: 'out', observed: 'out' });
      await finish(db, stop, 'succeeded', null);
      expect((await leftOut(db)).map(({ mood }) => mood)).toEqual(['stopped']);
      const restart = await begun(db, place);
      await traffic.set(db, restart, { hostId: place.hostId, process: 1 }, away);
      await finish(db, restart, 'failed', null);
      expect((await leftOut(db)).map(({ mood }) => mood).sort()).toEqual(['left', 'stopped']);
      await new LeftOutAlarm(db, 60).look();
      expect(await traffics(db)).toEqual([]);
      const early = new LeftOutAlarm(db, 0);
      await expect
        .poll(async () => {
          await early.look();
          return titles(await traffics(db));
        })
        .toEqual(['test_till: out of traffic (1)']);
    });
  }),
);
