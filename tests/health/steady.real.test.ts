import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { descendantsOf } from '../../src/demo/fleet/proc.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { lookNow } from '../../src/health/look-now.ts';
import { Sweep } from '../../src/health/sweep.ts';
import type { SeenHost, SeenPlacement } from '../../src/model/look.ts';
import { SshPool } from '../../src/shells/ssh/pool.ts';
import { hostStates } from '../../src/store/host-states.ts';
import * as hosts from '../../src/store/hosts.ts';
import { record } from '../../src/store/looks.ts';
import * as placements from '../../src/store/placements.ts';
import { placementStates } from '../../src/store/states.ts';
import { freshDatabase } from '../lab/database.ts';
import { addProject, ground } from '../store/inventory.ts';
import { reachableHost, writeProgram } from '../supervisor/host.ts';
import { vault } from '../supervisor/snapshots.ts';
import { hungMachine } from './hung-machine.ts';

const HOUR = 3_600_000;
const INTERVAL = 30_000;

/** Counts what is asked of machines. */
class CountingPool extends SshPool {
  forwards = 0;
  execs = 0;
  override forward(...args: Parameters<SshPool['forward']>): ReturnType<SshPool['forward']> {
    this.forwards += 1;
    return super.forward(...args);
  }
  override parked(...args: Parameters<SshPool['parked']>): ReturnType<SshPool['parked']> {
    const line = super.parked(...args);
    if (line) this.forwards += 1;
    return line;
  }
  override exec(...args: Parameters<SshPool['exec']>): ReturnType<SshPool['exec']> {
    this.execs += 1;
    return super.exec(...args);
  }
}

describe('sweeps of a machine that is well', async () => {
  const { machine, pool, host, target, access, options } = await reachableHost();
  const { db } = await freshDatabase();
  const { groupId } = await ground(db);
  const draft = { name: machine.name, address: machine.address, settings: host.settings, notes: null };
  const { id: hostId } = await hosts.add(db, draft);
  await hosts.pin(db, hostId, { key: machine.hostKey, fingerprint: 'SHA256:x', by: 'alice' });
  const project = await addProject(db, groupId, { name: 'job', type: 'sh', port: null });
  const place = { projectId: project.id, hostId, processes: 1, env: [] };
  const { id: job } = await placements.add(db, place);
  const counting = new CountingPool(options);
  const means = { db, vault, deadlineMs: 5000, intervalMs: INTERVAL };
  const sweep = new Sweep({ ...means, pool: counting });
  afterAll(async () => {
    await sweep.stop();
    await counting.close();
  });

  const due = () => db('host_states').update({ next_at: 0 });
  const seen = async () => (await placementStates(db, [job], HOUR)).get(job)!;

  async function look() {
    await due();
    await sweep.pass();
    await sweep.settled();
    return seen();
  }

  function release(name: string): void {
    const folder = `.cedar/${project.key}/releases/${name}`;
    mkdirSync(join(machine.hostPath, folder), { recursive: true });
    symlinkSync(folder, join(machine.hostPath, 'next'));
    renameSync(join(machine.hostPath, 'next'), join(machine.hostPath, project.key));
  }

  test('the link is read with every twentieth look, and whenever a process is another', async () => {
    release('one');
    writeProgram(machine, project.key, `[program:${project.key}]\ncommand=/bin/sleep 1000\nstartsecs=0\n`);
    await pool.exec(target, [...access.ctl, 'update', project.key]);
    await until('it runs', async () => (await look()).state === 'running');
    expect(await seen()).toMatchObject({ release: 'one', message: null });
    const before = { execs: counting.execs, forwards: counting.forwards };
    for (let count = 0; count < 20; count++) await look();
    expect(counting.forwards - before.forwards).toBe(20);
    expect(counting.execs - before.execs).toBe(1);
    release('two');
    for (let count = 0; count < 20; count++) await look();
    expect(await seen()).toMatchObject({ release: 'two' });
    release('three');
    await pool.exec(target, [...access.ctl, 'restart', project.key]);
    expect(await look()).toMatchObject({ release: 'three' });
  });

  test('a look that finds nothing new is dated all the same', async () => {
    await look();
    await db('placement_states').update({ checked_at: Date.now() - 60_000 });
    await db('host_states').update({ checked_at: Date.now() - 60_000 });
    const begun = Date.now();
    const flips = await db('flips').pluck('id');
    expect((await look()).checkedAt).toBeGreaterThanOrEqual(begun - 1000);
    expect((await hostStates(db, HOUR)).get(hostId)!.checkedAt).toBeGreaterThanOrEqual(begun - 1000);
    expect(await db('flips').pluck('id')).toEqual(flips);
  });

  test('what a worker could not see meanwhile is put right by the next look, and no release is forgotten', async () => {
    await look();
    const { release } = await seen();
    expect(release).not.toBeNull();
    await hosts.update(db, hostId, { ...draft, settings: { ...draft.settings, sshPort: 1 } });
    await lookNow(db, { pool, vault, deadlineMs: 5000 }, [hostId], HOUR);
    await hosts.update(db, hostId, draft);
    expect(await seen()).toMatchObject({ state: 'unreachable', message: 'ssh_refused', release });
    expect(await look()).toMatchObject({ state: 'running', message: null, release });
    expect((await hostStates(db, HOUR)).get(hostId)).toMatchObject({ reachable: 'yes', supervisor: 'rpc' });
  });

  test('a release that somebody else recorded meanwhile stays until the link is read', async () => {
    await look();
    await look();
    const before = await seen();
    release('four');
    const placement: SeenPlacement = {
      ...{ placementId: job, state: 'running', since: before.since, message: null, release: 'four' },
      processes: before.processes,
    };
    const host: SeenHost = { reachable: 'yes', supervisor: 'rpc', message: null };
    await record(db, [{ hostId, host, placements: [placement] }], HOUR);
    for (let count = 0; count < 3; count++) expect(await look()).toMatchObject({ release: 'four' });
  });

  test('a time in which nobody looked is a stretch of unknown', async () => {
    await look();
    const begun = Date.now();
    await db('placement_states').update({ checked_at: begun - 10 * INTERVAL });
    await db('host_states').update({ checked_at: begun - 10 * INTERVAL });
    expect((await look()).state).toBe('running');
    const gap = await db('flips').where({ placement_id: job, to_state: 'unknown' }).whereNull('process_name');
    expect(gap).toEqual([expect.objectContaining({ from_state: 'running', at: begun - 7 * INTERVAL })]);
  });

  test("settings that were changed count with the next look, and so does a password that can't be opened", async () => {
    await look();
    await look();
    const sealed = { ...draft, settings: { ...draft.settings, supervisorPassword: 'of another house' } };
    await hosts.update(db, hostId, sealed);
    expect(await look()).toMatchObject({ state: 'unknown', message: 'vault_open' });
    await hosts.update(db, hostId, { ...draft, settings: { ...draft.settings, sshPort: 1 } });
    expect(await look()).toMatchObject({ state: 'unreachable' });
    await hosts.update(db, hostId, draft);
    expect(await look()).toMatchObject({ state: 'running', message: null });
  });

  test('one that hangs holds up nobody, and two processes look once', async () => {
    const port = await hungMachine();
    const settings = { ...host.settings, sshPort: port };
    const hung = await hosts.add(db, { name: 'hung', address: '127.0.0.1', settings, notes: null });
    await hosts.pin(db, hung.id, { key: machine.hostKey, fingerprint: 'SHA256:x', by: 'alice' });
    const placed = await placements.add(db, { ...place, hostId: hung.id });
    const second = new CountingPool(options);
    const other = new Sweep({ ...means, pool: second, deadlineMs: 1500 });
    const first = new Sweep({ ...means, pool: counting, deadlineMs: 1500 });
    const asked = counting.forwards + second.forwards;
    const begun = Date.now() - 1;
    await due();
    await Promise.all([first.pass(), other.pass()]);
    await until('the other is seen', async () => ((await seen()).checkedAt ?? 0) > begun);
    expect((await hostStates(db, HOUR)).get(hung.id)?.checkedAt ?? null).toBeNull();
    await Promise.all([first.stop(), other.stop()]);
    expect((await hostStates(db, HOUR)).get(hung.id)).toMatchObject({ reachable: 'no' });
    expect(counting.forwards + second.forwards - asked, 'one each').toBe(2);
    await second.close();
    await placements.remove(db, placed.id);
  });

  test('one that is taken out of the inventory keeps no connection', async () => {
    await pool.close();
    await look();
    expect(descendantsOf(machine.sshdPid)).not.toEqual([]);
    await placements.remove(db, job);
    await sweep.pass();
    await until('it is closed', () => descendantsOf(machine.sshdPid).length === 0);
  });
});
