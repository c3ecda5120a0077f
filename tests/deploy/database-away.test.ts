import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { messageOf } from '../../src/errors.ts';
import type { Operation } from '../../src/model/operation.ts';
import * as locks from '../../src/store/locks.ts';
import * as logs from '../../src/store/logs.ts';
import * as operations from '../../src/store/operations.ts';
import { mariadbOfFile } from '../lab/database.ts';
import type { Mariadb } from '../lab/mariadb.ts';
import { Rig } from '../lab/rig.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';
import { build, expectOver, hostStates, running, stepIs } from './story.ts';

vi.setConfig({ testTimeout: 120_000 });
let mariadb: Mariadb;
let rig: Rig;
const projects = new Map<string, Rig>();
const workers: WorkerProcess[] = [];

beforeAll(async () => {
  mariadb = await mariadbOfFile();
  rig = await Rig.start({ database: 'mariadb' });
  // six deploys at once: nothing is away yet, so the lease need not be short
  const patient = {
    CEDAR_LEASE_SECONDS: '30',
    CEDAR_LEASE_RENEW_SECONDS: '2',
    CEDAR_LEASE_STOP_SECONDS: '20',
  };
  const worker = rig.startWorker(patient);
  const names = ['main', 'hung', 'building', 'killed', 'short', 'long'];
  await Promise.all(names.map(async (name) => projects.set(name, await running(rig, name))));
  await worker.kill('SIGTERM');
});

afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.kill())));

function startWorkers(): WorkerProcess[] {
  workers.push(rig.startWorker(), rig.startWorker());
  return workers;
}

/** Waits for the end of an operation whose database may be away meanwhile. */
async function ended(own: Rig, id: string): Promise<Operation> {
  let found: Operation | null = null;
  await until(
    'the operation is over',
    async () => {
      try {
        found = await operations.byId(own.db, id);
      } catch (error) {
        if (!/ECONN|closed|lost|EPIPE/.test(messageOf(error))) throw error;
      }
      return found !== null && found.state !== 'queued' && found.state !== 'running';
    },
    90_000,
    100,
  );
  return found!;
}

/** Everything is as if nothing had happened, and each process was started exactly once more. */
async function expectDone(own: Rig, operation: Operation, version: string, starts: number): Promise<void> {
  expect(operation, await own.logOf(operation.id)).toMatchObject({ state: 'succeeded', failure: null });
  await expectOver(own, operation);
  expect(await hostStates(own, operation)).toEqual(['done', 'done']);
  for (const host of rig.fleet) {
    expect(await own.version(host)).toBe(version);
    expect(own.starts(host), host.name).toHaveLength(starts);
    expect(own.current(host)).toBe(operation.releaseId);
  }
  const chunks = await logs.after(own.db, operation.id, 0, 10_000);
  expect(chunks.map((chunk) => chunk.seq)).toEqual(chunks.map((_, index) => index + 1));
}

it('the main job runs on MariaDB', async () => {
  const own = projects.get('main')!;
  startWorkers();
  const first = own.current(rig.fleet[0]!);
  own.repository.commit('second', {});
  await expectDone(own, await own.run({ kind: 'deploy' }), 'second', 2);
  const back = await own.run({ kind: 'rollback', releaseId: first });
  await expectDone(own, back, 'v1', 3);
  await expectDone(
    own,
    await own.run({ kind: 'restart' }).then((done) => ({ ...done, releaseId: first })),
    'v1',
    4,
  );
});

describe('a database that hangs for longer than the lease', () => {
  it('while a host is changed stops its worker; the deploy is finished with one restart each', async () => {
    const own = projects.get('hung')!;
    own.repository.commit('hung', {});
    const { id } = await own.launch({ kind: 'deploy' });
    startWorkers();
    await stepIs(own, id, 'restart@h1', ['intent']);
    mariadb.signal('SIGSTOP');
    const stopped = () => workers.some((worker) => worker.output.includes('not renewed in time'));
    await until('the worker has stopped itself', stopped, 20_000);
    const seen = rig.fleet.map((host) => [own.starts(host).length, own.current(host)]);
    await pause(3000);
    expect(rig.fleet.map((host) => [own.starts(host).length, own.current(host)])).toEqual(seen);
    expect(own.starts(rig.fleet[1]!)).toHaveLength(1);
    mariadb.signal('SIGCONT');
    const operation = await ended(own, id);
    expect(operation.crashes).toBe(1);
    await expectDone(own, operation, 'hung', 2);
  });

  it('while it builds does not build twice and loses no line', async () => {
    const own = projects.get('building')!;
    const ran = join(rig.env.CEDAR_DATA_DIR!, 'ran');
    await own.change({
      build: build(
        `echo run >> ${ran}; for i in $(seq 1 60); do echo "<$i>"; sleep 0.1; done; echo x > artifact`,
      ),
    });
    const { id } = await own.launch({ kind: 'deploy' });
    startWorkers();
    await until('it builds', () => existsSync(ran), 20_000);
    mariadb.signal('SIGSTOP');
    const stopped = () => workers.some((worker) => worker.output.includes('not renewed in time'));
    await until('the worker has stopped itself', stopped, 20_000);
    mariadb.signal('SIGCONT');
    await expectDone(own, await ended(own, id), await own.version(rig.fleet[0]!), 2);
    expect(readFileSync(ran, 'utf8')).toBe('run\n');
    const lines = [...(await own.logOf(id)).matchAll(/<(\d+)>/g)].map((match) => Number(match[1]));
    expect(lines).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  });
});

describe('a database that is killed', () => {
  it.each([
    ['short', 'for less than the lease', 'restart@h1', 300],
    ['long', 'for longer than the lease', 'restart@h1', 4000],
    ['killed', 'while releases are sent', 'stage@h2', 1500],
  ])('and comes back (%s: %s): the deploy is finished, and nobody types SQL', async (name, _, step, away) => {
    const own = projects.get(name)!;
    own.repository.commit(name, {});
    const { id } = await own.launch({ kind: 'deploy' });
    startWorkers();
    await stepIs(own, id, step, ['intent']);
    mariadb.signal('SIGKILL');
    await pause(away);
    await mariadb.restart();
    await expectDone(own, await ended(own, id), name, 2);
    expect(await locks.ofProject(own.db, own.project.id)).toMatchObject({ operationId: null, owner: null });
    expect(workers.every((worker) => worker.running)).toBe(true);
  });
});
