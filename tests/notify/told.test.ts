import request from 'supertest';
import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { unlock } from '../../src/deploy/unlock.ts';
import * as channels from '../../src/store/channels.ts';
import * as deliveries from '../../src/store/deliveries.ts';
import * as hooks from '../../src/store/inbound-hooks.ts';
import * as operations from '../../src/store/operations.ts';
import { buildApp } from '../../src/web/app.ts';
import { FakeDingtalk } from '../lab/dingtalk.ts';
import { forgeCall } from '../lab/forges.ts';
import { Rig } from '../lab/rig.ts';
import { WebhookReceiver } from '../lab/webhook-receiver.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';

const env = { CEDAR_ROBOT_HOSTS: '127.0.0.1', CEDAR_NOTICE_RETRY_SECONDS: '0.1', CEDAR_LANGUAGE: 'en' };
const base = { CEDAR_BASE_URL: 'https://cedar.example.com' };
let rig: Rig;
let robot: FakeDingtalk;
let receiver: WebhookReceiver;
let worker: WorkerProcess;

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  await rig.addProject('shop');
  robot = await FakeDingtalk.start({ token: 'token-of-the-group', secret: 'SECsecret' });
  receiver = await WebhookReceiver.start('a secret of the receiver');
  const seal = (text: string) => rig.vault.seal(text);
  const options = { token: seal('token-of-the-group'), secret: seal('SECsecret'), gateway: robot.gateway };
  const group = await channels.add(rig.db, { kind: 'dingtalk', name: 'group', groupId: null, options });
  await channels.choose(rig.db, `group:${rig.project.groupId}`, group);
  const to = { url: receiver.url, secret: seal(receiver.secret) };
  await channels.add(rig.db, { kind: 'webhook', name: 'all', groupId: null, options: to });
  worker = rig.startWorker({ ...env, ...base });
});

const production = (yes: boolean) => rig.db('environments').update({ production: yes });
const events = (id: string) =>
  receiver.once.filter(({ data }) => data.operation === id).map(({ type }) => type);
const toldOf = (id: string) => robot.received.filter(({ text }) => text.includes(id));

describe('the end of an operation', () => {
  test('is told to the robot of its group in production, and each change to the receiver', async () => {
    await production(true);
    const { id } = await rig.run({ kind: 'deploy', reason: 'the [spring](http://evil.example) sale' });
    await until('both heard', async () => toldOf(id).length === 1 && events(id).length === 3);
    expect(events(id)).toEqual(['operation.queued', 'operation.running', 'operation.succeeded']);
    const text = toldOf(id)[0]?.text ?? '';
    for (const part of ['test_shop: Deploy succeeded', 'Hosts: h1', 'Operator: tester', 'Version: main'])
      expect(text).toContain(part);
    expect(text).toContain(`(https://cedar.example.com/operations/${id})`);
    expect(text).not.toContain('](http://evil');
    expect(receiver.once.at(-1)?.data).toMatchObject({
      ...{ project: 'test_shop', production: true, requested_by: 'tester', kind: 'deploy' },
      hosts: [{ name: 'h1', state: 'done' }],
      url: `https://cedar.example.com/operations/${id}`,
    });
  });

  test('outside production is told to programs alone', async () => {
    await production(false);
    const { id } = await rig.run({ kind: 'restart' });
    await until('the receiver heard', async () => events(id).includes('operation.succeeded'));
    expect(toldOf(id)).toEqual([]);
    await production(true);
  });

  test('that failed is told with why', async () => {
    const build = { ...rig.project.settings.build, command: 'echo no compiler; exit 3' };
    await rig.change({ build });
    rig.repository.commit('bad', {});
    const { id } = await rig.run({ kind: 'deploy' }, 'failed');
    await until('the robot heard', async () => toldOf(id).length === 1);
    expect(toldOf(id)[0]?.text).toMatch(/test_shop: Deploy failed[\s\S]*Failure: /);
    await rig.change({ build: { ...build, command: '' } });
  });

  test('is told once, although the worker dies right after writing it', async () => {
    await worker.kill();
    const dying = rig.startWorker({ ...env, ...base, CEDAR_FAIL: 'end:done' });
    const { id } = await rig.launch({ kind: 'restart' });
    await dying.exited;
    worker = rig.startWorker({ ...env, ...base });
    await rig.ended(id);
    await until('both heard', async () => toldOf(id).length > 0 && events(id).length === 3);
    expect(toldOf(id)).toHaveLength(1);
    expect(await rig.db('notices').where({ operation_id: id })).toHaveLength(4);
  });

  test('is told of an operation whose lock was taken away, too', async () => {
    await worker.kill();
    const { id } = await rig.launch({ kind: 'restart' });
    const next = await unlock(rig.db, id, rig.by, 'the worker is gone');
    worker = rig.startWorker({ ...env, ...base });
    await rig.ended(next.id);
    await until('both ends are told', async () => toldOf(id).length + toldOf(next.id).length === 2);
    expect(toldOf(id)[0]?.text).toContain('abandoned');
    await until('the receiver heard', async () => events(id).includes('operation.abandoned'));
  });
});

test('a worker that dies after sending sends again under the same id; nobody waits for it', async () => {
  const take = receiver.take.bind(receiver);
  const { id } = await rig.launch({ kind: 'restart' });
  let ended: string | null = null;
  receiver.take = (header, body) => {
    const status = take(header, body);
    if (ended === null && body.includes('operation.succeeded') && body.includes(id)) {
      ended = header('webhook-id');
      worker.child.kill('SIGKILL');
    }
    return status;
  };
  await rig.ended(id);
  await until('it was sent', async () => ended !== null);
  await worker.exited;
  worker = rig.startWorker({ ...env, ...base });
  const sent = async () => (await rig.db('notices').where({ id: ended }).first())?.state === 'sent';
  await until('it was sent for good', sent);
  expect(receiver.taken.filter((delivery) => delivery.id === ended).length).toBeGreaterThanOrEqual(1);
  expect(receiver.once.filter((delivery) => delivery.id === ended)).toHaveLength(1);
  await until('nothing is missing', async () => events(id).length === 3);
});

test('a push deploys its branch once; pushes meanwhile end with the newest commit on the host', async () => {
  const secret = 'a secret that the forge knows';
  await hooks.renew(rig.db, rig.project.id, rig.vault.seal(secret));
  const rules = { enabled: true, production: true, branches: [], hostIds: null };
  await hooks.change(rig.db, rig.project.id, rules);
  const {
    databaseUrl: _url,
    sessionSecret: _secret,
    masterKey: _key,
    ...settings
  } = readConfig({
    ...rig.env,
    CEDAR_LANGUAGE: 'en',
  });
  const app = buildApp({ db: rig.db, vault: rig.vault, settings, sessionSecret: ulid() + ulid() });
  const push = async (version: string) => {
    const commit = rig.repository.commit(version, {});
    const { headers, body } = forgeCall('github', secret, { commit });
    const send = () => request(app).post(`/webhooks/${rig.project.key}`).set(headers).send(body);
    const [answer, again] = await Promise.all([send(), send()]);
    expect(again.body).toEqual(answer.body);
    return { commit, outcome: answer.body.outcome };
  };
  const before = rig.starts(rig.fleet[0]!).length;
  expect((await push('pushed-1')).outcome).toBe('started');
  expect((await push('pushed-2')).outcome).toBe('waiting');
  const newest = await push('pushed-3');
  const outcomes = async () =>
    (await deliveries.last(rig.db, rig.project.id, 10)).map((line) => line.outcome);
  await until('nothing waits', async () => !(await outcomes()).includes('waiting'), 60_000);
  await until('nothing runs', async () => (await operations.live(rig.db)).length === 0, 60_000);
  expect(await rig.version(rig.fleet[0]!)).toBe('pushed-3');
  expect((await outcomes()).slice(1)).toEqual(['superseded', 'started']);
  const deploys = (await outcomes())[0] === 'already' ? 1 : 2;
  expect(rig.starts(rig.fleet[0]!).length - before).toBe(deploys);
  const [last] = await deliveries.last(rig.db, rig.project.id, 1);
  expect(last?.commit).toBe(newest.commit);
});

afterAll(async () => {
  await worker?.kill();
});
