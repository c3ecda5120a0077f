import { describe, expect, test } from 'vitest';
import * as alarms from '../../src/store/alarms.ts';
import * as channels from '../../src/store/channels.ts';
import * as mutes from '../../src/store/mutes.ts';
import * as routes from '../../src/store/news-routes.ts';
import { eachDatabase } from '../lab/database.ts';
import { happened } from '../store/hand-made.ts';
import { Fleet } from './fleet.ts';
import { jump } from './jump.ts';

const MINUTE = 60_000;
const away = { reachable: 'no', supervisor: 'unknown', message: 'ssh_refused' } as const;

eachDatabase((kind) =>
  describe(`a pass on ${kind}`, () => {
    test('one service: first told, not repeated, then its end', async () => {
      const fleet = await Fleet.of(kind, { hosts: 1, projects: 2 });
      const [sick = ''] = fleet.serviceIds;
      await fleet.look('running');
      await fleet.look('running', { [sick]: 'failed' });
      expect(await fleet.pass()).toMatchObject({ opened: 0, messages: 0 });
      await fleet.look('running', { [sick]: 'failed' });
      expect(await fleet.pass()).toMatchObject({ opened: 1, messages: 1, open: 1 });
      expect(await fleet.pass()).toEqual({ opened: 0, ended: 0, messages: 0, open: 1 });
      await fleet.later(3 * MINUTE);
      await fleet.look('running');
      expect(await fleet.pass()).toEqual({ opened: 0, ended: 1, messages: 1, open: 0 });
      const told = await fleet.messages();
      expect(told.map(({ title }) => title.key)).toEqual(['notice.alarm.one', 'notice.alarm.one_ended']);
      expect(JSON.stringify(told[0])).toContain('online_svc1');
      expect(told[0]?.urgent).toBe(true);
      expect(told[1]?.urgent).toBe(false);
      expect(told[0]?.path).toMatch(/^\/alarms\/[0-9A-Z]{26}$/);
    });

    test('several at once open one alarm and send one message', async () => {
      const fleet = await Fleet.of(kind, { hosts: 1, projects: 3 });
      await fleet.look('failed', {}, {}, 2);
      const passes = await Promise.all([fleet.pass(), fleet.pass(), fleet.pass()]);
      expect(passes.reduce((sum, { opened }) => sum + opened, 0)).toBe(3);
      expect(passes.reduce((sum, { messages }) => sum + messages, 0)).toBe(1);
      expect(await alarms.open(fleet.db)).toHaveLength(3);
    });
  }),
);

describe('a pass', () => {
  test('R55: 500 services at once are at most three messages in five minutes, and none is lost', async () => {
    const fleet = await Fleet.of('sqlite', { hosts: 50, projects: 500 });
    await fleet.look('running');
    const half = Object.fromEntries(fleet.serviceIds.slice(0, 250).map((id) => [id, 'failed' as const]));
    let begun = 0;
    for (let minute = 0; minute < 5; minute++) {
      await fleet.look(minute === 0 ? 'running' : 'failed', minute === 0 ? half : {}, {}, 2);
      begun += (await fleet.pass()).opened;
      await fleet.later(MINUTE);
    }
    expect(begun).toBe(500);
    const told = await fleet.messages();
    expect(told.length).toBeLessThanOrEqual(3);
    expect(told.map(({ title }) => title.detail?.fresh)).toEqual([250, 250]);
    await fleet.later(3 * MINUTE);
    await fleet.look('running');
    expect(await fleet.pass()).toMatchObject({ ended: 500, messages: 1, open: 0 });
  });

  test('R55: what fails and recovers every six minutes is told about twice in twenty minutes', async () => {
    const fleet = await Fleet.of('sqlite', { hosts: 1, projects: 2 });
    const [shaky = '', other = ''] = fleet.serviceIds;
    const told: number[] = [];
    const minute = async (...down: string[]) => {
      await jump(fleet.db, MINUTE);
      await fleet.look('running', Object.fromEntries(down.map((id) => [id, 'failed' as const])), {}, 2);
      told.push((await fleet.pass()).messages);
    };
    await fleet.look('running');
    for (let n = 0; n < 60; n++) await (n % 6 < 2 ? minute(shaky) : minute());
    for (const third of [0, 20, 40]) {
      const messages = told.slice(third, third + 20).reduce((sum, one) => sum + one, 0);
      expect(messages, `from minute ${third}`).toBeLessThanOrEqual(2);
      expect(messages, `from minute ${third}`).toBeGreaterThan(0);
    }
    expect((await fleet.messages()).at(-1)?.title.key, 'it is well').toBe('notice.alarm.one_ended');
    // the next minute it fails for good, and another one with it
    let waited = 0;
    const name = JSON.stringify((await alarms.some(fleet.db, { limit: 1 }))[0]?.places[0]?.projectKey);
    const heard = async () => JSON.stringify((await fleet.messages()).slice(before)).includes(name);
    const before = (await fleet.messages()).length;
    await minute(shaky, other);
    expect(JSON.stringify((await fleet.messages()).at(-1)), 'the other at once').toContain('online_svc2');
    for (; waited < 20 && !(await heard()); waited++) await minute(shaky, other);
    expect(await heard(), 'in less than the repeat time').toBe(true);
    const last = (await fleet.messages()).at(-1);
    expect(last?.title, 'at minutes 48, 54 and 60').toMatchObject({
      ...{ key: 'notice.alarm.one_again', detail: { times: 2 } },
    });
    expect(last?.lines).toMatchObject([{ key: 'notice.alarm.line_again', detail: { times: 2 } }]);
    await minute();
    await minute();
    expect((await fleet.messages()).at(-1)?.title).toMatchObject({
      ...{ key: 'notice.alarm.many', detail: { fresh: 0, ended: 2 } },
    });
  });

  test('a dead machine is one alarm, and its services are none', async () => {
    const fleet = await Fleet.of('sqlite', { hosts: 2, projects: 6 });
    const [dead = ''] = fleet.hostIds;
    const there = [...fleet.services].filter(([, host]) => host === dead).map(([id]) => id);
    await fleet.look('running');
    const states = Object.fromEntries(there.map((id) => [id, 'unreachable' as const]));
    await fleet.look('running', states, { [dead]: away }, 2);
    expect(await fleet.pass()).toMatchObject({ opened: 1, messages: 1 });
    const [alarm] = await alarms.open(fleet.db);
    expect(alarm).toMatchObject({ kind: 'host', hostName: 'host-1', services: 3 });
    await fleet.look('running', Object.fromEntries(there.slice(0, 1).map((id) => [id, 'failed'])));
    expect(await fleet.pass()).toMatchObject({ ended: 1, opened: 1 });
    expect((await alarms.open(fleet.db)).map(({ kind }) => kind)).toEqual(['service']);
  });

  test('nobody looking is an alarm of its own, which ends with the next look', async () => {
    const fleet = await Fleet.of('sqlite', { hosts: 1, projects: 1 });
    await fleet.look('running');
    expect(await fleet.pass()).toMatchObject({ opened: 0 });
    await fleet.quiet(6 * MINUTE);
    expect(await fleet.pass(), 'it may be the clock').toMatchObject({ opened: 0 });
    await fleet.doubted(MINUTE);
    expect(await fleet.pass()).toMatchObject({ opened: 1, messages: 1 });
    expect(await fleet.messages()).toMatchObject([
      { title: { detail: { what: { key: 'notice.alarm.of_sweep' } } } },
    ]);
    await fleet.look('running');
    await fleet.later(3 * MINUTE);
    expect(await fleet.pass()).toMatchObject({ ended: 1, messages: 1, open: 0 });
  });

  test('that nobody looks is told to the SRE robot, with its end; to the others nothing', async () => {
    const fleet = await Fleet.of('sqlite', { hosts: 1, projects: 1 });
    const sre = await channels.add(fleet.db, { kind: 'dingtalk', name: 'sre', groupId: null, options: {} });
    await channels.choose(fleet.db, 'sre', sre);
    await fleet.look('running');
    await fleet.quiet(6 * MINUTE);
    await fleet.pass();
    await fleet.doubted(MINUTE);
    expect(await fleet.pass()).toMatchObject({ opened: 1, messages: 1 });
    await fleet.look('running');
    await fleet.later(3 * MINUTE);
    expect(await fleet.pass()).toMatchObject({ ended: 1, messages: 1 });
    const told = await fleet.db('notices').where({ channel_id: sre }).orderBy('id').pluck('body');
    expect(told.map((body) => JSON.parse(body).told.title)).toMatchObject([
      { key: 'notice.alarm.one', detail: { what: { key: 'notice.alarm.of_sweep' } } },
      { key: 'notice.alarm.one_ended', detail: { what: { key: 'notice.alarm.of_sweep' } } },
    ]);
    expect(await fleet.messages()).toEqual([]);
  });

  test('what workers look at after operations hides nobody from it that nobody sweeps', async () => {
    const fleet = await Fleet.of('sqlite', { hosts: 2, projects: 2 });
    await fleet.look('running');
    await fleet.quiet(6 * MINUTE);
    await fleet.lookNow('running');
    expect(await fleet.pass()).toMatchObject({ opened: 0 });
    await fleet.doubted(MINUTE);
    await fleet.lookNow('running');
    expect(await fleet.pass()).toMatchObject({ opened: 1, messages: 1 });
    expect(await alarms.open(fleet.db)).toMatchObject([{ kind: 'sweep' }]);
    await fleet.lookNow('running');
    expect(await fleet.pass()).toMatchObject({ ended: 0, open: 1 });
    await fleet.look('running');
    expect(await fleet.pass()).toMatchObject({ ended: 1, open: 0 });
  });

  test('what an operation is changing is judged afterwards', async () => {
    const fleet = await Fleet.of('sqlite', { hosts: 1, projects: 1 });
    const [projectId = ''] = fleet.projectIds;
    const [hostId = ''] = fleet.hostIds;
    const operation = '01K00000000000000000000009';
    await fleet.db('locks').insert({ project_id: projectId, operation_id: operation, fence: 1 });
    const place = { operation_id: operation, host_id: hostId, host_name: 'host-1', position: 0 };
    await fleet.db('operation_hosts').insert({ ...place, state: 'active' });
    await fleet.look('failed', {}, {}, 3);
    expect(await fleet.pass()).toMatchObject({ opened: 0 });
    await fleet.db('operation_hosts').update({ state: 'failed' });
    expect(await fleet.pass()).toMatchObject({ opened: 1 });
  });

  test('a muted one is shown, and told when the mute ends', async () => {
    const fleet = await Fleet.of('sqlite', { hosts: 1, projects: 1 });
    const scope = { kind: 'project' as const, id: fleet.projectIds[0] ?? '' };
    const draft = {
      scope,
      reason: 'moving',
      from: 0,
      until: null,
      hours: null,
      byName: 'alice',
      byId: null,
    };
    const mute = await mutes.add(fleet.db, draft);
    await fleet.look('failed', {}, {}, 2);
    expect(await fleet.pass()).toMatchObject({ opened: 1, messages: 0 });
    expect(await mutes.end(fleet.db, mute)).toBe(true);
    expect(await mutes.end(fleet.db, mute)).toBe(false);
    expect(await fleet.pass()).toMatchObject({ opened: 0, messages: 1 });
  });

  test('an acknowledged one is not repeated, another is', async () => {
    const fleet = await Fleet.of('sqlite', { hosts: 1, projects: 2 });
    await fleet.look('failed', {}, {}, 2);
    await fleet.pass();
    const [first] = await alarms.open(fleet.db);
    expect(await alarms.acknowledge(fleet.db, first?.id ?? '', 'bob', 'on it')).toBe(true);
    expect(await alarms.acknowledge(fleet.db, first?.id ?? '', 'carol', null)).toBe(false);
    await fleet.later(21 * MINUTE);
    expect(await fleet.pass()).toMatchObject({ messages: 1 });
    expect((await fleet.messages()).at(-1)?.lines).toHaveLength(1);
  });

  test('goes where the routes say, and its end where its begin was told', async () => {
    const fleet = await Fleet.of('sqlite', { hosts: 1, projects: 1 });
    const pager = await channels.add(fleet.db, {
      kind: 'dingtalk',
      name: 'pager',
      groupId: null,
      options: {},
    });
    const route = { kind: 'alarm' as const, groupId: fleet.groupId, environment: null, channelId: pager };
    const id = await routes.add(fleet.db, route);
    await fleet.look('failed', {}, {}, 2);
    await fleet.pass();
    expect(await fleet.messages()).toEqual([]);
    await routes.remove(fleet.db, id);
    await fleet.look('running');
    await fleet.later(3 * MINUTE);
    await fleet.pass();
    const told = await fleet.db('notices').where({ channel_id: pager });
    expect(told).toHaveLength(2);
    expect(await fleet.messages()).toEqual([]);
  });

  test('a service that is not placed there any more has no alarm any more', async () => {
    const fleet = await Fleet.of('sqlite', { hosts: 1, projects: 1 });
    await fleet.look('failed', {}, {}, 2);
    await fleet.pass();
    await fleet.db('placements').delete();
    expect(await fleet.pass()).toMatchObject({ ended: 1, open: 0 });
  });

  test('what comes up and goes down is flapping; a service that only fails to start is not', async () => {
    const fleet = await Fleet.of('sqlite', { hosts: 1, projects: 2 });
    const [shaky = '', dead = ''] = fleet.serviceIds;
    for (let n = 0; n < 4; n++) {
      await fleet.look('running', { [shaky]: 'starting', [dead]: 'starting' });
      await fleet.look('running', { [dead]: 'failed' });
    }
    expect(await fleet.pass({ retries: 5 })).toMatchObject({ opened: 1 });
    expect(await alarms.open(fleet.db)).toMatchObject([{ key: `service:${shaky}`, flapping: true }]);
    const [projectId = ''] = fleet.projectIds;
    const [hostId = ''] = fleet.hostIds;
    const at = Date.now();
    const operation = await happened(fleet.db, { projectId, groupId: fleet.groupId, at, ended: at + 1000 });
    const place = { operation_id: operation, host_id: hostId, host_name: 'host-1', position: 0 };
    await fleet.db('operation_hosts').insert({ ...place, state: 'done' });
    expect(await fleet.pass({ retries: 5 }), 'an operation there is a new beginning').toMatchObject({
      ...{ ended: 1, open: 0 },
    });
  });
});
