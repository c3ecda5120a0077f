import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../../src/demo/fleet/until.ts';
import type { Operation } from '../../../src/model/operation.ts';
import * as locks from '../../../src/store/locks.ts';
import * as logs from '../../../src/store/logs.ts';
import * as operationHosts from '../../../src/store/operation-hosts.ts';
import { Rig } from '../../lab/rig.ts';
import type { WorkerProcess } from '../../lab/worker-process.ts';
import { distinct, pointsOf } from './points.ts';
import { processesBelow, Witness } from './witness.ts';

const hosts = ['h1', 'h2'];
const report = join(import.meta.dirname, '../../../var/reports/kill-matrix.txt');

/**
 * One story for every point: the worker is killed there with SIGKILL, another one starts, and the hosts are asked
 * what they show. `part` chooses some of the points, so that several files share them.
 */
export function killStories(
  configurationChanges: boolean,
  part: (point: string, index: number) => boolean,
): void {
  const all = pointsOf(hosts, configurationChanges);
  let rig: Rig;
  let version = 1;
  const lines: string[] = [];

  beforeAll(async () => {
    rig = await Rig.start();
    const command = 'echo built > artifact';
    await rig.addProject('shop', {
      build: { command, timeoutSeconds: 60, idleSeconds: 30, repeatable: false, output: '' },
    });
    const worker = rig.startWorker();
    await rig.run({ kind: 'deploy' });
    await worker.kill();
  });

  afterAll(() => {
    mkdirSync(join(report, '..'), { recursive: true });
    appendFileSync(report, lines.map((line) => `${line}\n`).join(''));
    console.log(lines.join('\n'));
  });

  async function next(): Promise<void> {
    version += 1;
    rig.repository.commit(`v${version}`, {});
    if (configurationChanges) await rig.changeEnv({ ROUND: String(version) });
  }

  describe(`a deploy ${configurationChanges ? 'that changes the configuration' : 'under the same configuration'}`, () => {
    it('passes exactly the points at which the worker is killed below', async () => {
      await next();
      const trace = join(rig.env.CEDAR_DATA_DIR!, 'trace');
      const worker = rig.startWorker({ CEDAR_FAIL_TRACE: trace });
      await rig.run({ kind: 'deploy' });
      await worker.kill();
      const passed = readFileSync(trace, 'utf8').trim().split('\n');
      expect(passed.toSorted()).toEqual(all.toSorted());
    });

    it.each(distinct(all).filter(part))('survives kill -9 of the worker at %s', async (point) => {
      await next();
      const before = rig.fleet.map((host) => rig.starts(host).length);
      const { id } = await rig.launch({ kind: 'deploy' });
      const witness = new Witness(rig);
      const doomed = rig.startWorker({ CEDAR_FAIL: point });
      expect(await doomed.exited, doomed.output).toMatchObject({ signal: 'SIGKILL' });
      const successor = rig.startWorker();
      const operation = await rig.ended(id);
      witness.stop();
      lines.push(await judge(point, operation, successor, before, witness));
    });
  });

  async function judge(
    point: string,
    operation: Operation,
    successor: WorkerProcess,
    before: number[],
    witness: Witness,
  ): Promise<string> {
    const log = await rig.logOf(operation.id);
    expect(operation, log).toMatchObject({ state: 'succeeded', failure: null }); // I1
    expect(witness.broken).toEqual([]); // I3
    const shown: string[] = [];
    for (const [index, host] of rig.fleet.entries()) {
      const starts = rig.starts(host).length - before[index]!;
      expect(await rig.version(host)).toBe(`v${version}`); // I6
      expect(starts, `starts on ${host.name}\n${log}`).toBe(1); // I4
      expect(rig.current(host)).toBe(operation.releaseId); // I8
      shown.push(`${host.name} runs v${version} after ${starts} start`);
    }
    const states = (await operationHosts.ofOperation(rig.db, operation.id)).map((host) => host.state);
    expect(states).toEqual(['done', 'done']);
    expect(await locks.ofProject(rig.db, rig.project.id)).toMatchObject({ operationId: null, owner: null }); // I5
    const chunks = await logs.after(rig.db, operation.id, 0, 10_000);
    expect(chunks.map((chunk) => chunk.seq)).toEqual(chunks.map((_, index) => index + 1)); // I10
    await until('no child is left', () => processesBelow(rig.env.CEDAR_DATA_DIR!).length === 0, 10_000); // I9
    await successor.kill();
    return `killed at ${point}: ${shown.join(', ')}; ${witness.looks} looks, always a whole release`;
  }
}
