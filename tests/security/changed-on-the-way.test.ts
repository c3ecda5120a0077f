import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { procOf } from '../../src/demo/fleet/proc.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { makeKeyPair } from '../../src/shells/ssh/key-pair.ts';
import { fingerprintOf } from '../../src/shells/ssh/keys.ts';
import * as channels from '../../src/store/channels.ts';
import {
  build,
  expectOver,
  expectReadable,
  expectUntouched,
  hostStates,
  running,
  seen,
} from '../deploy/story.ts';
import { FakeDingtalk } from '../lab/dingtalk.ts';
import { Rig } from '../lab/rig.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';

vi.setConfig({ testTimeout: 90_000 });
let rig: Rig;
const workers: WorkerProcess[] = [];
const projects = new Map<string, Rig>();
beforeAll(async () => {
  rig = await Rig.start({ hosts: 3 });
  const worker = startWorker();
  const names = ['store', 'changed', 'key'];
  await Promise.all(names.map(async (name) => projects.set(name, await running(rig, name))));
  await worker.kill('SIGTERM');
});
afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.kill())));

function startWorker(env: Record<string, string> = {}): WorkerProcess {
  const worker = rig.startWorker({ CEDAR_STAGE_AT_ONCE: '1', ...env });
  workers.push(worker);
  return worker;
}

/** A project that runs everywhere, with a commit to deploy. */
async function story(name: string): Promise<Rig> {
  const own = projects.get(name)!;
  own.repository.commit(name, {});
  await own.change({ build: build('echo built > artifact') });
  return own;
}

/** The robot of a project's group, which hears of what happens in production. */
async function robotOf({ db, vault, project }: Rig): Promise<FakeDingtalk> {
  const robot = await FakeDingtalk.start({ token: 'token-of-the-group' });
  const options = { token: vault.seal('token-of-the-group'), gateway: robot.gateway };
  const channel = await channels.add(db, { kind: 'dingtalk', name: 'group', groupId: null, options });
  await channels.choose(db, `group:${project.groupId}`, channel);
  await db('environments').update({ production: true });
  return robot;
}

/** Launches a deploy and lets something happen while its worker stands still at a point. */
async function deployWith(own: Rig, point: string, happens: (id: string) => Promise<void> | void) {
  const { id } = await own.launch({ kind: 'deploy' });
  const times = { CEDAR_LEASE_SECONDS: '100', CEDAR_LEASE_STOP_SECONDS: '90' };
  const notices = {
    CEDAR_ROBOT_HOSTS: '127.0.0.1',
    CEDAR_LANGUAGE: 'en',
    CEDAR_BASE_URL: 'https://cedar.example.com',
  };
  // Host after host, so that the third is reached when the others have theirs.
  const worker = startWorker({
    ...times,
    ...notices,
    CEDAR_STAGE_AT_ONCE: '1',
    CEDAR_FAIL: point,
    CEDAR_FAIL_SIGNAL: 'SIGSTOP',
  });
  await until('the worker stands still', () => procOf(worker.child.pid!)?.state === 'T', 60_000);
  await happens(id);
  worker.child.kill('SIGCONT');
  const operation = await own.ended(id);
  expect(operation.state, await own.logOf(id)).toBe('failed');
  expectReadable(operation.failure!);
  await expectOver(own, operation);
  return operation;
}

function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes[0]! ^= 1;
  writeFileSync(file, bytes);
}

it('[S95] one byte that is flipped in the store between the build and host 3 is refused there', async () => {
  const own = await story('store');
  const before = await Promise.all(rig.fleet.map((host) => seen(own, host)));
  const { failure } = await deployWith(own, 'stage@h3:intended', (id) =>
    flip(join(rig.env.CEDAR_DATA_DIR!, 'releases', own.project.key, id, 'tree/artifact')),
  );
  expect(failure).toMatchObject({ hostId: own.hostIds[2] });
  for (const one of before) await expectUntouched(own, one);
});

it('[S95] a release that is changed on a host is not put live there, and the others run on', async () => {
  const own = await story('changed');
  const third = await seen(own, rig.fleet[2]!);
  const operation = await deployWith(own, 'switch@h3:before', (id) =>
    flip(join(rig.fleet[2]!.hostPath, '.cedar', own.project.key, 'releases', id, 'artifact')),
  );
  expect(operation.failure).toMatchObject({ code: 'release_changed', hostId: own.hostIds[2] });
  await expectUntouched(own, third);
  for (const host of rig.fleet.slice(0, 2)) expect(await own.version(host)).toBe('changed');
});

it('[S83] a host key that changes between two hosts of one deploy: no sign-in there, the host is marked, its group’s robot told, and it is left as it was', async () => {
  const own = await story('key');
  const robot = await robotOf(own);
  const host = rig.fleet[1]!;
  const [file, log] = [join(host.sshd.dir, 'host_key'), join(host.sshd.dir, 'sshd.log')];
  const [second, third] = [await seen(own, host), await seen(own, rig.fleet[2]!)];
  const old = readFileSync(file);
  const [pair, print] = [makeKeyPair('other'), (key: string) => fingerprintOf(Buffer.from(key, 'base64'))];
  let logged = 0;
  const operation = await deployWith(own, 'switch@h2:before', async () => {
    await host.stopSshd();
    writeFileSync(file, pair.private, { mode: 0o600 });
    await host.startSshd();
    logged = readFileSync(log, 'utf8').length;
  });
  expect(operation.failure).toMatchObject({ code: 'ssh_host-key', hostId: own.hostIds[1] });
  const since = readFileSync(log, 'utf8').slice(logged);
  expect(since).toMatch(/Connection (closed|reset) by/);
  expect(since).not.toMatch(/Accepted|Failed|publickey|authenticating user/);
  expect((await hostStates(own, operation))[2]).toBe('untouched');
  expect(await own.version(rig.fleet[0]!)).toBe('key');
  for (const one of [second, third]) await expectUntouched(own, one);
  const marked = () =>
    rig.db('host_states').where({ host_id: own.hostIds[1]!, message: 'ssh_host-key' }).first();
  await until('the host is marked', async () => (await marked()) !== undefined, 20_000);
  const told = () => robot.received.find(({ text }) => text.includes(operation.id));
  await until('the robot heard', async () => told() !== undefined, 20_000);
  const { text } = told()!;
  const shown = print(pair.public.split(' ')[1]!);
  for (const words of ['Deploy failed', host.name, host.address, shown, print(host.hostKey)])
    expect(text).toContain(words);
  await rig.db('environments').update({ production: false });
  await host.stopSshd();
  writeFileSync(file, old);
  await host.startSshd();
});
