import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { startHealth } from '../../src/health/health.ts';
import { Sweep } from '../../src/health/sweep.ts';
import { defaultProjectSettings, type Project } from '../../src/model/project.ts';
import { SshPool } from '../../src/shells/ssh/pool.ts';
import { hostStates } from '../../src/store/host-states.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import { snapshotOf } from '../../src/store/snapshot.ts';
import { placementStates } from '../../src/store/states.ts';
import * as workers from '../../src/store/workers.ts';
import { renderForHost } from '../../src/supervisor/render-for-host.ts';
import { freshDatabase } from '../lab/database.ts';
import { addProject, ground } from '../store/inventory.ts';
import { layProject, reachableHost, writeProgram } from '../supervisor/host.ts';
import { vault } from '../supervisor/snapshots.ts';

const HOUR = 3_600_000;

/** Counts how often a supervisord is asked. */
class CountingPool extends SshPool {
  forwards = 0;
  override forward(...args: Parameters<SshPool['forward']>): ReturnType<SshPool['forward']> {
    this.forwards += 1;
    return super.forward(...args);
  }
}

describe('a sweep over a real machine', async () => {
  const { machine, pool, host, target, access, options } = await reachableHost();
  const { db } = await freshDatabase();
  const { groupId } = await ground(db);
  const draft = { name: machine.name, address: machine.address, settings: host.settings, notes: null };
  const { id: hostId } = await hosts.add(db, draft);
  await hosts.pin(db, hostId, { key: machine.hostKey, fingerprint: 'SHA256:x', by: 'alice' });
  const stranger = await hosts.add(db, { name: 'unpinned', address: '127.0.0.9', settings: {}, notes: null });
  const job = await placed(hostId, { name: 'job', type: 'sh', port: null });
  const files = await placed(hostId, { name: 'site', type: 'static', port: null });
  const absent = await placed(hostId, { name: 'new', type: 'sh', port: null });
  const unpinned = await placed(stranger.id, { name: 'far', type: 'sh', port: null });
  const sweep = new Sweep({ db, pool, vault, deadlineMs: 5000, intervalMs: 0, atOnce: 4 });

  async function placed(on: string, over: Partial<Project> & { name: string }): Promise<string> {
    const settings = { ...defaultProjectSettings, startSeconds: 0 };
    const project = await addProject(db, groupId, { settings, ...over });
    return (await placements.add(db, { projectId: project.id, hostId: on, processes: 2, env: [] })).id;
  }

  async function look() {
    await sweep.pass();
    await sweep.settled();
    return placementStates(db, [job, files, absent, unpinned], HOUR);
  }

  test('tells what runs, which release is live, and what was never deployed', async () => {
    const release = join(machine.hostPath, '.cedar/test_job/releases/test-20261123_10-20-30');
    mkdirSync(release, { recursive: true });
    symlinkSync('.cedar/test_job/releases/test-20261123_10-20-30', join(machine.hostPath, 'test_job'));
    layProject(machine, 'test_job', { 'deploy_start.sh': 'exec sleep 1000\n' });
    expect((await look()).get(files), 'nothing is there yet').toMatchObject({ state: 'stopped' });
    layProject(machine, 'test_site', {});
    const projectId = (await placements.byId(db, job))?.projectId ?? '';
    const { project, hosts: places } = await snapshotOf(db, projectId, [hostId]);
    writeProgram(machine, project.key, renderForHost(project, places[0]!, vault));
    await pool.exec(target, [...access.ctl, 'update', project.key]);
    await until('it runs', async () => (await look()).get(job)?.state === 'running');
    const states = await look();
    expect(states.get(job)).toMatchObject({ release: 'test-20261123_10-20-30', message: null });
    expect(states.get(job)?.processes.map(({ name, state }) => [name, state])).toEqual([
      ['test_job:test_job_0', 'running'],
      ['test_job:test_job_1', 'running'],
    ]);
    expect(Math.abs((states.get(job)?.since ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(states.get(files)).toMatchObject({ state: 'reachable', release: null, processes: [] });
    expect(states.get(absent)).toMatchObject({ state: 'stopped', message: 'supervisor_absent' });
    expect(states.get(unpinned)).toMatchObject({ state: 'unknown', checkedAt: null });
    const machines = await hostStates(db, HOUR);
    expect(machines.get(hostId)).toMatchObject({ reachable: 'yes', supervisor: 'rpc', message: null });
    expect(machines.get(stranger.id)).toMatchObject({ reachable: 'unknown', message: 'host_not_pinned' });
  });

  test('one process that is stopped makes the placement stopped', async () => {
    await pool.exec(target, [...access.ctl, 'stop', 'test_job:test_job_1']);
    const states = await look();
    expect(states.get(job)?.state).toBe('stopped');
    expect(states.get(job)?.processes.map(({ state }) => state)).toEqual(['running', 'stopped']);
  });

  test('a machine whose look is not over is left alone by the next passes', async () => {
    const counting = new CountingPool(options);
    const impatient = new Sweep({ db, pool: counting, vault, deadlineMs: 1000, intervalMs: 0, atOnce: 4 });
    machine.supervisord.signal('SIGSTOP');
    try {
      await Promise.all([impatient.pass(), impatient.pass()]);
      await impatient.pass();
      await impatient.settled();
    } finally {
      machine.supervisord.signal('SIGCONT');
      await counting.close();
    }
    expect(counting.forwards).toBe(1);
    expect((await placementStates(db, [job], HOUR)).get(job)).toMatchObject({
      state: 'unknown',
      message: 'supervisor_hung',
    });
    expect((await hostStates(db, HOUR)).get(hostId)).toMatchObject({ reachable: 'yes', supervisor: 'hung' });
  });

  test('a machine without supervisord still serves files; the rest is told apart from a failure', async () => {
    await machine.stopSupervisor();
    const states = await look();
    expect(states.get(job)).toMatchObject({ state: 'no-supervisor', message: 'supervisor_down' });
    expect(states.get(files)?.state).toBe('reachable');
    expect((await hostStates(db, HOUR)).get(hostId)).toMatchObject({ supervisor: 'down' });
  });

  test('a machine with another key, or none that answers, is unreachable', async () => {
    const wrongKey = `AAAAC3NzaC1lZDI1NTE5AAAAI${Buffer.alloc(32, 1).toString('base64').replace(/=+$/, '')}`;
    await hosts.pin(db, hostId, { key: wrongKey, fingerprint: 'SHA256:y', by: 'alice' });
    const release = 'test-20261123_10-20-30';
    const far = (await look()).get(job);
    expect(far).toMatchObject({ state: 'unreachable', release });
    expect(
      far?.processes.map(({ name, state, pid }) => [name, state, pid]),
      'so is what ran there',
    ).toEqual([
      ['test_job:test_job_0', 'unreachable', null],
      ['test_job:test_job_1', 'unreachable', null],
    ]);
    await hosts.pin(db, hostId, { key: machine.hostKey, fingerprint: 'SHA256:x', by: 'alice' });
    await machine.stopSshd();
    expect((await look()).get(files)).toMatchObject({
      state: 'unreachable',
      message: expect.stringMatching(/^ssh_/),
    });
    expect((await hostStates(db, HOUR)).get(hostId)).toMatchObject({
      reachable: 'no',
      supervisor: 'unknown',
    });
  });

  test('the process sweeps by itself, says that it lives, and leaves nothing behind', async () => {
    await db('placement_states').delete();
    await db('host_states').delete();
    const health = await startHealth({ db, pool, vault, sweepSeconds: 0.2 });
    await until(
      'it has looked',
      async () => (await placementStates(db, [job], HOUR)).get(job)?.checkedAt != null,
    );
    expect(await workers.alive(db, 'health', HOUR)).toBe(1);
    await health.stop();
    expect(await workers.alive(db, 'health', HOUR)).toBe(0);
  });
});
