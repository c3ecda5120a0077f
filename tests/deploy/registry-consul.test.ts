import { beforeAll, describe, expect, it } from 'vitest';
import * as steps from '../../src/store/steps.ts';
import { FakeConsul } from '../lab/fake-consul.ts';
import { Rig } from '../lab/rig.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';
import { expectOrder, observed, registry } from './registry-story.ts';
import { expectUntouched, fails, seen, story } from './story.ts';

let rig: Rig;
let consul: FakeConsul;
let worker: WorkerProcess;
const quick = { CEDAR_REGISTER_TRIES: '3', CEDAR_REGISTER_EVERY_SECONDS: '0.1' };

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1, database: 'mariadb' });
  consul = await new FakeConsul().start();
  worker = rig.startWorker(quick);
});

/** A project that runs and that Consul knows. */
async function inConsul(name: string, options: Record<string, string> = {}, drainSeconds = 0): Promise<Rig> {
  const token = rig.vault.seal(consul.token);
  const all = { agent: consul.url, token, ...options };
  const own = await story(rig, name, registry('consul', all, { drainSeconds }));
  consul.add({ ID: idOf(own), Address: own.fleet[0]!.address, Port: own.project.port! });
  await own.run({ kind: 'deploy' });
  consul.ledger.length = 0;
  return own;
}

function idOf(own: Rig): string {
  return `${own.project.key}-h1-${own.project.port}`;
}

/** The worker dies at a point of an operation, and another one goes on with it to its end. */
async function killedAt(own: Rig, kind: 'restart', point: string): Promise<string> {
  await worker.kill();
  const { id } = await own.launch({ kind });
  const doomed = own.startWorker({ ...quick, CEDAR_FAIL: point });
  expect(await doomed.exited, doomed.output).toMatchObject({ signal: 'SIGKILL' });
  worker = own.startWorker(quick);
  expect(await own.ended(id), await own.logOf(id)).toMatchObject({ state: 'succeeded' });
  return id;
}

describe('Consul', () => {
  it('keeps traffic away by maintenance: out, drain, restart, checks, in', async () => {
    const own = await inConsul('maintained', {}, 1);
    const { id } = await own.run({ kind: 'restart' });
    await expectOrder(own, id, consul.ledger, 1);
    expect(consul.isIn(idOf(own))).toBe(true);
    expect(await own.logOf(id)).not.toContain(consul.token);
  });

  it('is asked from the host itself where the project says so', async () => {
    const own = await inConsul('tunnelled', { from: 'host' });
    await own.run({ kind: 'restart' });
    expect(consul.ledger.map(({ event }) => event)).toEqual(['out', 'in']);
  });

  it('gets a service back as it was, though the worker died with it taken away', async () => {
    const own = await inConsul('registered', { mode: 'registration' });
    const before = structuredClone(consul.services.get(idOf(own)));
    await killedAt(own, 'restart', 'restart@h1#0:before');
    expect(consul.ledger.map(({ event }) => event)).toEqual(['out', 'in']);
    expect(consul.services.get(idOf(own))).toEqual(before);
    expect(await observed(own)).toBe('in');
  });

  it('gets a service as its project defines it, also one that it never knew', async () => {
    const definition = '{"Name":"{name}-api","Tags":["{environment}"],"Meta":{"at":"{host}:{port}"}}';
    const options = {
      agent: consul.url,
      token: rig.vault.seal(consul.token),
      mode: 'registration',
      definition,
    };
    const own = await story(rig, 'defined', registry('consul', options));
    await own.run({ kind: 'deploy' });
    const { address } = own.fleet[0]!;
    expect(consul.services.get(idOf(own))).toMatchObject({
      ...{ Service: 'defined-api', Tags: ['test'], Address: address, Port: own.project.port },
      Meta: { at: `${address}:${own.project.port}` },
    });
  });

  it.each(['broken', 'hanging'] as const)(
    'that is %s when asked stops a restart before it begins',
    async (mood) => {
      const own = await inConsul(`out-${mood}`);
      const before = await seen(own, own.fleet[0]!);
      consul.moodFor = ({ query }) => (query.get('enable') === 'true' ? mood : 'well');
      const { failure } = await fails(own, { kind: 'restart' }, 'deregister_failed');
      consul.moodFor = () => 'well';
      expect(failure.detail).toMatchObject({ host: 'h1', registry: 'consul' });
      await expectUntouched(own, before);
      expect(consul.isIn(idOf(own))).toBe(true);
      expect(await observed(own)).toBe('in');
    },
  );

  it('that takes nobody in leaves the host out, until it is put back without a restart', async () => {
    const own = await inConsul('left');
    consul.moodFor = ({ query }) => (query.get('enable') === 'false' ? 'broken' : 'well');
    const { failure } = await fails(own, { kind: 'restart' }, 'register_failed');
    consul.moodFor = () => 'well';
    expect(failure.detail.problem).toContain('no leader');
    expect(consul.calls.filter(({ query }) => query.get('enable') === 'false').length).toBeGreaterThanOrEqual(
      3,
    );
    expect(await observed(own)).toBe('unknown');
    const before = await seen(own, own.fleet[0]!);
    await own.run({ kind: 'put-back' });
    await expectUntouched(own, before);
    expect(consul.isIn(idOf(own))).toBe(true);
    expect(await observed(own)).toBe('in');
  });

  it('waits for the rest of the drain alone when the worker died in it', async () => {
    const own = await inConsul('drained', {}, 4);
    await worker.kill();
    const { id } = await own.launch({ kind: 'restart' });
    const doomed = own.startWorker(quick);
    await expect.poll(() => own.logOf(id), { timeout: 20_000 }).toContain('of 4 s left');
    await doomed.kill();
    worker = own.startWorker(quick);
    expect(await own.ended(id), await own.logOf(id)).toMatchObject({ state: 'succeeded' });
    await expectOrder(own, id, consul.ledger, 4);
    expect((await own.logOf(id)).match(/: 4 of 4 s left/g)).toHaveLength(1);
    const drained = (await steps.ofOperation(own.db, id)).find((row) => row.name === 'drain');
    expect(drained?.evidence.before).toBeGreaterThan(0);
  });

  it('keeps out what was stopped', async () => {
    const own = await inConsul('stopped');
    await own.run({ kind: 'stop' });
    expect(consul.isIn(idOf(own))).toBe(false);
    expect(await observed(own)).toBe('out');
    await own.run({ kind: 'restart' });
    expect(consul.isIn(idOf(own))).toBe(true);
  });

  it('need not succeed where the project says so, but no success is told of a host that is out', async () => {
    const token = rig.vault.seal(consul.token);
    const own = await story(
      rig,
      'optional',
      registry('consul', { agent: consul.url, token }, { required: false }),
    );
    consul.add({ ID: idOf(own), Port: own.project.port! });
    consul.moodFor = ({ query }) => (query.get('enable') === 'false' ? 'broken' : 'well');
    const { failure } = await fails(own, { kind: 'deploy' }, 'left_out');
    consul.moodFor = () => 'well';
    expect(failure.detail.hosts).toContain('h1');
    expect(await own.version(own.fleet[0]!)).toBe('v1');
    await own.run({ kind: 'put-back' });
    expect(consul.isIn(idOf(own))).toBe(true);
  });
});
