import { monotonicFactory } from 'ulid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OperationState, Snapshot } from '../../src/model/operation.ts';
import * as channels from '../../src/store/channels.ts';
import * as notices from '../../src/store/notices.ts';
import * as operations from '../../src/store/operations.ts';
import { put } from '../../src/store/outbox.ts';
import * as placements from '../../src/store/placements.ts';
import { recordPlacements } from '../lab/looks.ts';

import { type Town, town } from './people.ts';
import { shopIn } from './shop.ts';

const ulid = monotonicFactory();
let t: Town;
beforeEach(async () => {
  t = await town();
});
afterEach(() => t.end());

async function operation(projectKey: string, state: OperationState, groupId = t.groupId): Promise<string> {
  const id = ulid();
  await known(projectKey, groupId);
  await operations.add(t.db, {
    id,
    projectId: `of ${projectKey}`,
    projectKey,
    environment: 'test',
    groupId,
    kind: 'deploy',
    ref: 'main',
    releaseId: null,
    fromOperation: null,
    relation: null,
    snapshot: { project: { settings: {} }, hosts: [] } as unknown as Snapshot,
    reason: null,
    requestedBy: null,
    requestedName: 'Ann',
    idempotencyKey: null,
  });
  await t.db('operations').where({ id }).update({ state });
  return id;
}

async function known(projectKey: string, groupId: string): Promise<void> {
  const common = { settings: '{}', created_at: 0 };
  const [environment, project] = [t.db('environments'), t.db('projects')];
  await environment
    .insert({ ...common, name: 'test' })
    .onConflict('name')
    .ignore();
  const row = {
    ...common,
    environment: 'test',
    name: projectKey,
    project_key: projectKey,
    group_id: groupId,
  };
  await project
    .insert({
      ...row,
      id: `of ${projectKey}`,
      type: 'nodejs',
      git_url: '',
      branch: '',
      env: '[]',
      updated_at: 0,
    })
    .onConflict('id')
    .ignore();
}

test('a new installation is led to its first deploy', async () => {
  const page = await t.admin.get('/').expect(200);
  expect(page.text).toContain('Steps to the first deploy');
  expect(page.text).toContain('Add a group that owns the projects · done');
  expect(page.text).toContain('href="/projects/new"');
  expect(page.text).toContain('Nothing is being deployed.');
});

test('what runs and what failed is shown to those who may see it', async () => {
  const running = await operation('test_shop', 'running');
  const failed = await operation('test_search', 'failed');
  const attention = await operation('test_mail', 'needs-attention');
  for (const person of [t.admin, t.member]) {
    const page = await person.get('/home/now').expect(200);
    for (const id of [running, failed, attention]) expect(page.text).toContain(`/operations/${id}`);
    expect(page.text).not.toContain('<html');
  }
  const page = await t.outsider.get('/').expect(200);
  for (const name of ['test_shop', 'test_search']) expect(page.text).not.toContain(name);
  expect(page.text).toContain('Ask an administrator to add you');
  expect((await t.member.get('/')).text).not.toContain('Ask an administrator to add you');
  expect((await t.member.get('/')).text).toContain('favicon-running.svg');
});

test('a failure goes when the same project succeeds later', async () => {
  const failed = await operation('test_shop', 'failed');
  expect((await t.member.get('/')).text).toContain(failed);
  await operation('test_other', 'succeeded');
  expect((await t.member.get('/')).text).toContain(failed);
  const later = await operation('test_shop', 'succeeded');
  expect(later > failed).toBe(true);
  expect((await t.member.get('/')).text).not.toContain(failed);
});

test('services that fail or were not looked at lately are shown, those that are well are not', async () => {
  const shop = await shopIn(t);
  const [first, second] = await placements.ofProject(t.db, shop.online.id);
  const seen = (placementId: string, state: 'running' | 'failed', message: string | null) => ({
    ...{ placementId, state, message, since: Date.now() - 60_000, release: null, processes: [] },
  });
  await recordPlacements(t.db, [
    seen(first!.id, 'failed', 'supervisor_down'),
    seen(second!.id, 'running', null),
  ]);
  const page = await t.member.get('/home/now').expect(200);
  expect(page.text).toContain('web1');
  expect(page.text).toContain('Supervisor does not run on the host.');
  expect(page.text).not.toContain('web2');
  expect((await t.outsider.get('/home/now')).text).not.toContain('web1');
  await t.db('placement_states').update({ checked_at: Date.now() - 3_600_000 });
  const stale = await t.member.get('/home/now').expect(200);
  expect(stale.text).toContain('web2');
  expect(stale.text).toContain('op-live-unknown');
  expect(stale.text).not.toContain('op-live-running');
});

test('what could not be told within a day is counted for admins alone, with the way to it', async () => {
  const of = { kind: 'dingtalk', name: 'ops', groupId: null, options: {} };
  const channelId = await channels.add(t.db, of);
  const body = { told: { title: { key: 'kind.deploy' }, lines: [], path: null } };
  const notice = () => put(t.db, { channelId, topic: 'test', dedupeKey: ulid(), body, operationId: null });
  const shown = async (who = t.admin) =>
    /href="\/notices\?state=undelivered">Notices that could not be delivered today: (\d+)</.exec(
      (await who.get('/').expect(200)).text,
    )?.[1] ?? null;
  const [waits, arrived, before, ...missed] = [
    await notice(),
    await notice(),
    await notice(),
    await notice(),
  ];
  await notices.sent(t.db, [arrived]);
  await notices.giveUp(t.db, [before], 'errcode 310000');
  await t
    .db('notices')
    .where({ id: before })
    .update({ ended_at: Date.now() - 25 * 3_600_000 });
  expect(await shown(), 'nothing of today').toBeNull();
  await notices.giveUp(t.db, [...missed, await notice()], 'errcode 310000');
  expect(await shown()).toBe('2');
  for (const who of [t.member, t.outsider]) expect(await shown(who)).toBeNull();
  await notices.giveUp(t.db, [waits], 'errcode 310000');
  expect(await shown()).toBe('3');
});
