import { ulid } from 'ulid';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LeftOutAlarm } from '../../src/deploy/left-out-alarm.ts';
import { type NewsKind, newsKinds } from '../../src/model/route.ts';
import { operationChanged, operationPassed, pushMetClosed } from '../../src/store/changes.ts';
import * as channels from '../../src/store/channels.ts';
import * as routes from '../../src/store/news-routes.ts';
import { Fleet } from '../alarms/fleet.ts';
import { happened } from '../store/hand-made.ts';

let fleet: Fleet;
let place: { projectId: string; groupId: string; environment: string };
const channelOf = new Map<NewsKind | 'sre', string>();

beforeAll(async () => {
  fleet = await Fleet.of('sqlite', { hosts: 1, projects: 1 });
  place = { projectId: fleet.projectIds[0] ?? '', groupId: fleet.groupId, environment: 'online' };
  for (const name of [...newsKinds, 'sre'] as const) {
    const id = await channels.add(fleet.db, { kind: 'dingtalk', name, groupId: null, options: {} });
    channelOf.set(name, id);
  }
  await channels.choose(fleet.db, 'sre', channelOf.get('sre') ?? null);
});
beforeEach(async () => {
  for (const table of ['notices', 'news_routes', 'alarms', 'traffic']) await fleet.db(table).delete();
});

async function ended(kind: string): Promise<void> {
  const at = Date.now() - 5000;
  await operationChanged(fleet.db, await happened(fleet.db, { ...place, kind, at, ended: at + 1000 }));
}

/** How news of each kind come about; those of tickets are in ticket-told.test.ts. */
const happens: Record<Exclude<NewsKind, 'ticket'>, () => Promise<unknown>> = {
  operation: () => ended('deploy'),
  scaling: () => ended('expansion'),
  passed: async () => {
    const operationId = await happened(fleet.db, { ...place, at: Date.now() });
    const passed = { gates: ['freeze' as const], reason: 'now', by: 'ada' };
    const what = { operationId, projectKey: 'online_svc1', kind: 'deploy' as const, by: 'ada', passed };
    await operationPassed(fleet.db, place.groupId, what);
  },
  push: () => {
    const push = { projectKey: 'online_svc1', deliveryId: ulid(), branch: 'main', pusher: 'ada' };
    return pushMetClosed(fleet.db, place, { ...push, until: Date.now(), held: false });
  },
  traffic: async () => {
    const row = { project_id: place.projectId, host_id: fleet.hostIds[0], process: 0, since: 1 };
    await fleet.db('traffic').insert({ ...row, desired: 'in', observed: 'out' });
    await new LeftOutAlarm(fleet.db, 0).look();
  },
  alarm: async () => {
    await fleet.look('failed', {}, {}, 2);
    await fleet.pass({ gapMs: 0 });
  },
};
const kinds = Object.keys(happens) as (keyof typeof happens)[];

const heard = () => fleet.db('notices').orderBy('channel_id').pluck('channel_id');
const channel = (name: NewsKind | 'sre') => channelOf.get(name) ?? '';

describe.each(kinds)('%s', (kind) => {
  const sre = () => (kind === 'scaling' ? [channel('sre')] : []);

  test('is told to the robot of the group where no route is about it', async () => {
    await happens[kind]();
    expect(await heard()).toEqual([fleet.robot, ...sre()].sort());
  });

  test('goes where a route of its kind says, and no other', async () => {
    for (const of of newsKinds)
      await routes.add(fleet.db, { kind: of, groupId: null, environment: null, channelId: channel(of) });
    await happens[kind]();
    expect(await heard()).toEqual([channel(kind), ...sre()].sort());
  });

  test('goes where a route of its group and environment says', async () => {
    const { groupId, environment } = place;
    const route = { groupId, environment, channelId: channel('ticket') };
    await routes.add(fleet.db, { ...route, kind: null });
    await routes.add(fleet.db, { ...route, kind: null, groupId: ulid(), channelId: channel('alarm') });
    await routes.add(fleet.db, { ...route, kind: null, environment: 'test', channelId: channel('push') });
    await happens[kind]();
    expect(await heard()).toEqual([channel('ticket'), ...sre()].sort());
  });
});
