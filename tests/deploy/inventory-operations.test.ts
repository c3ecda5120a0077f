import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { addHost } from '../../src/deploy/add-host.ts';
import { clone } from '../../src/deploy/clone.ts';
import { reduce } from '../../src/deploy/reduce.ts';
import type { Operation } from '../../src/model/operation.ts';
import * as environments from '../../src/store/environments.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import * as questions from '../../src/store/questions.ts';
import { Rig } from '../lab/rig.ts';
import { Newcomer } from './newcomer.ts';
import { build, expectUntouched, fails, seen } from './story.ts';

let rig: Rig;
let newcomer: Newcomer;

beforeAll(async () => {
  rig = await Rig.start({ hosts: 2 });
  await rig.addProject('shop', { build: build('echo built > artifact'), startSeconds: 0 });
  rig.startWorker();
  await rig.run({ kind: 'deploy' });
  newcomer = await Newcomer.start(rig, 'n1');
});

const asker = () => ({ by: rig.by, via: 'web' as const, projectId: rig.project.id });
const over = (operation: Pick<Operation, 'id'>, state: Operation['state'] = 'succeeded') =>
  newcomer.over(operation, state);
const fileOn = (index: number) => join(rig.fleet[index]!.supervisorDir, `${rig.project.key}.conf`);

describe('pushing the configuration', () => {
  it('shows the difference on each host, writes the file, and restarts nothing', async () => {
    await rig.changeEnv({ MODE: 'fast', TOKEN: 'token-of-today' }, true);
    const before = await Promise.all(rig.fleet.map((host) => seen(rig, host)));
    const args = { projectId: rig.project.id, hostIds: rig.hostIds, kind: 'push-configuration' };
    const id = await questions.ask(rig.db, { kind: 'comparison', args, askedBy: null, deadlineMs: 20_000 });
    let answer: unknown = null;
    await until('the hosts are compared', async () => {
      const question = await questions.byId(rig.db, id);
      answer = question?.state === 'answered' ? question.answer : null;
      return answer !== null;
    });
    const shown = JSON.stringify(answer);
    expect(shown).toContain('TOKEN=••••');
    expect(shown).not.toContain('token-of-today');
    const { id: pushed } = await rig.run({ kind: 'push-configuration', hostIds: rig.hostIds.slice(0, 1) });
    expect(readFileSync(fileOn(0), 'utf8')).toContain('token-of-today');
    expect(readFileSync(fileOn(1), 'utf8')).not.toContain('token-of-today');
    expect(await rig.logOf(pushed)).not.toContain('token-of-today');
    for (const one of before) await expectUntouched(rig, one);
  });

  it('restarts where that is asked for, host after host, on the release that runs', async () => {
    const [first, second] = await Promise.all(rig.fleet.map((host) => seen(rig, host)));
    await rig.run({ kind: 'push-configuration', params: { restart: true } });
    for (const [index, before] of [first!, second!].entries()) {
      const after = await seen(rig, rig.fleet[index]!);
      expect([after.starts, after.release, after.version]).toEqual([
        before.starts + 1,
        before.release,
        before.version,
      ]);
      expect(readFileSync(fileOn(index), 'utf8')).toContain('token-of-today');
    }
  });
});

describe('adding a host', () => {
  it('looks at the machine and places the project there, deploying nothing', async () => {
    const { machine } = newcomer;
    const draft = { name: 'n1', address: machine.address, settings: {}, notes: null };
    const { id: hostId } = await hosts.add(rig.db, draft);
    await expect(addHost(rig.db, { ...asker(), hostId })).rejects.toMatchObject({ code: 'host_not_pinned' });
    await hosts.pin(rig.db, hostId, { key: machine.hostKey, fingerprint: 'SHA256:x', by: 'amy' });
    await machine.stopSupervisor();
    const failed = await over(await addHost(rig.db, { ...asker(), hostId }), 'failed');
    expect(failed.failure?.code).toBe('supervisor_down');
    expect(await placements.ofHost(rig.db, hostId)).toEqual([]);
    await machine.startSupervisor();
    const { env } = newcomer.wish();
    await over(await addHost(rig.db, { ...asker(), hostId, env }));
    expect(await placements.ofHost(rig.db, hostId)).toMatchObject([{ processes: 1, position: 2 }]);
    expect(rig.current(machine)).toBeNull();
    expect(readdirSync(join(machine.hostPath, '.cedar', rig.project.key))).toEqual(['releases', 'shared']);
    await expect(addHost(rig.db, { ...asker(), hostId })).rejects.toMatchObject({ code: 'host_placed' });
    await fails(rig, { kind: 'push-configuration', hostIds: [hostId] }, 'nothing_deployed');
  });

  it('that an expansion is asked for afterwards gets the release on the placement that is there', async () => {
    await newcomer.joins();
    expect(await rig.version(newcomer.machine)).toBe('v1');
    expect(await newcomer.rows()).toMatchObject({ placements: 1, hosts: [{ name: 'n1' }] });
  });
});

describe('removing a host', () => {
  it('keeps shared files and leaves everything else of the machine alone', async () => {
    const { machine } = newcomer;
    const shared = join(machine.hostPath, '.cedar', rig.project.key, 'shared', 'photo');
    writeFileSync(shared, 'cat');
    const { id } = await over(await reduce(rig.db, { ...asker(), host: 'n1' }));
    expect(await rig.logOf(id)).toContain('shared files stay');
    expect(readFileSync(shared, 'utf8')).toBe('cat');
    expect(await newcomer.traces()).toEqual({ link: false, releases: [], file: false, programs: '' });
    expect(await rig.db('traffic').where({ host_id: (await newcomer.rows()).hosts[0]!.id })).toEqual([]);
  });

  it('that cannot be reached fails in words, and is taken out of the inventory alone when it is gone', async () => {
    await newcomer.joins();
    const { machine } = newcomer;
    await machine.stopSshd();
    const failed = await over(await reduce(rig.db, { ...asker(), host: 'n1' }), 'failed');
    expect(failed.failure?.code).toMatch(/^ssh_/);
    expect((await newcomer.rows()).placements).toBe(1);
    const { id } = await over(await reduce(rig.db, { ...asker(), host: 'n1', gone: true }));
    expect(await rig.logOf(id)).toContain('n1 was not touched');
    expect((await newcomer.rows()).placements).toBe(0);
    expect(await rig.version(machine)).toBe('v1');
    await machine.startSshd();
    await newcomer.joins({ hostKey: null });
    expect(await rig.version(machine)).toBe('v1');
  });
});

describe('the rest', () => {
  it('a clone has everything but hosts, releases and secrets, and is made once', async () => {
    await environments.add(rig.db, { name: 'qa', production: false, position: 1, settings: {} });
    const { groupId } = rig.project;
    const wish = { ...asker(), source: rig.project.id, environment: 'qa', name: 'copy', groupId };
    const operation = await over(await clone(rig.db, { ...wish, idempotencyKey: ulid() }));
    const made = await projects.byKey(rig.db, 'qa_copy');
    const source = await projects.byId(rig.db, rig.project.id);
    expect(made).toMatchObject({ type: 'nodejs', port: source!.port, settings: source!.settings, env: [] });
    expect(await placements.ofProject(rig.db, made!.id)).toEqual([]);
    expect(await rig.logOf(operation.id)).toContain('still to be set: variable TOKEN');
    await expect(clone(rig.db, wish)).rejects.toMatchObject({ code: 'clone_taken' });
  });

  it('a cleaned cache is cloned anew by the next deploy', async () => {
    const mirrors = join(rig.env.CEDAR_DATA_DIR!, 'mirrors');
    const copies = () => readdirSync(mirrors).filter((name) => name.endsWith('.git'));
    expect(copies()).toHaveLength(1);
    await rig.run({ kind: 'clean-cache', hostIds: [] });
    expect(copies()).toEqual([]);
    await rig.run({ kind: 'deploy', hostIds: rig.hostIds.slice(0, 1) });
    expect(copies()).toHaveLength(1);
  });
});
