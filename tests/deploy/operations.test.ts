import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CedarError } from '../../src/errors.ts';
import { defaultProjectSettings } from '../../src/model/project.ts';
import * as operationHosts from '../../src/store/operation-hosts.ts';
import * as releases from '../../src/store/releases.ts';
import * as steps from '../../src/store/steps.ts';
import { Rig } from '../lab/rig.ts';

let rig: Rig;
const build = (command: string) => ({
  command,
  timeoutSeconds: 60,
  idleSeconds: 30,
  repeatable: false,
  output: '',
});

beforeAll(async () => {
  rig = await Rig.start();
  rig.startWorker();
});

async function stepsOf(id: string): Promise<Map<string, string>> {
  return new Map(
    (await steps.ofOperation(rig.db, id)).map((row) => [row.stepKey.replace(/@.*/, ''), row.state]),
  );
}

describe('operations', () => {
  it('reuse the release of an unchanged commit and configuration, and build anew when either changes', async () => {
    await rig.addProject('reuse', { build: build('date +%N > artifact') });
    const first = await rig.run({ kind: 'deploy' });
    const again = await rig.run({ kind: 'deploy' });
    expect(again.releaseId).toBe(first.releaseId);
    expect((await stepsOf(again.id)).get('build')).toBe('skipped');
    await rig.change({ build: build('date +%N > artifact; true') });
    const changed = await rig.run({ kind: 'deploy' });
    expect(changed.releaseId).not.toBe(first.releaseId);
    expect((await releases.byId(rig.db, changed.releaseId!))?.commit).toBe(first.commit);
  });

  it('restart and stop processes one by one, without building or shipping', async () => {
    await rig.addProject('control', {}, 2);
    await rig.run({ kind: 'deploy' });
    const starts = rig.fleet.map((host) => rig.starts(host).length);
    expect(starts).toEqual([2, 2]);
    await rig.run({ kind: 'restart', hostIds: rig.hostIds.slice(0, 1) });
    expect(rig.fleet.map((host) => rig.starts(host).length)).toEqual([4, 2]);
    await rig.run({ kind: 'stop', hostIds: rig.hostIds.slice(0, 1) });
    await expect(rig.version(rig.fleet[0]!)).rejects.toThrow();
    expect(await rig.version(rig.fleet[1]!, 1)).toBe('v1');
    await rig.run({ kind: 'restart' });
    expect(await rig.version(rig.fleet[0]!, 1)).toBe('v1');
  });

  it('go back fast to a release that hosts hold, sending nothing', async () => {
    await rig.addProject('fast');
    const first = await rig.run({ kind: 'deploy' });
    rig.repository.commit('v9', {});
    await rig.run({ kind: 'deploy' });
    const back = await rig.run({ kind: 'fast-rollback', releaseId: first.releaseId });
    expect(await rig.version(rig.fleet[0]!)).toBe('v1');
    const staged = (await steps.ofOperation(rig.db, back.id)).filter((row) => row.name === 'stage');
    expect(staged.map((row) => row.evidence.sent)).toEqual([0, 0]);
    rig.repository.commit('v1', {});
  });

  it('link unchanged files against the running release and leave that one as it was', async () => {
    await rig.addProject('links');
    const first = await rig.run({ kind: 'deploy' });
    rig.repository.commit('v2', { files: { 'other.txt': 'new' } });
    const second = await rig.run({ kind: 'deploy' });
    const staged = (await steps.ofOperation(rig.db, second.id)).find((row) => row.name === 'stage');
    expect(staged?.evidence).toMatchObject({ sent: 2, base: first.releaseId });
    const releasesFolder = join(rig.fleet[0]!.hostPath, '.cedar', rig.project.key, 'releases');
    expect(readFileSync(join(releasesFolder, first.releaseId!, 'version'), 'utf8')).toBe('v1\n');
    expect(existsSync(join(releasesFolder, first.releaseId!, 'other.txt'))).toBe(false);
    rig.repository.commit('v1', {});
  });

  it('ship a release anew where somebody changed it on a host', async () => {
    await rig.addProject('drift');
    const first = await rig.run({ kind: 'deploy' });
    const host = rig.fleet[0]!;
    writeFileSync(
      join(host.hostPath, '.cedar', rig.project.key, 'releases', first.releaseId!, 'version'),
      'hacked\n',
    );
    await rig.run({ kind: 'deploy' });
    expect(await rig.version(host)).toBe('v1');
    expect(rig.current(host)).toMatch(new RegExp(`^${first.releaseId}\\.`));
    expect(rig.current(rig.fleet[1]!)).toBe(first.releaseId);
  });

  it('keep shared files and folders beside the releases', async () => {
    await rig.addProject('shared', {
      shared: [
        { path: 'uploads', kind: 'folder' },
        { path: 'etc/local.json', kind: 'file' },
      ],
    });
    await rig.run({ kind: 'deploy' });
    const live = join(rig.fleet[0]!.hostPath, rig.project.key);
    writeFileSync(join(live, 'uploads', 'photo'), 'cat');
    writeFileSync(join(live, 'etc/local.json'), '{}');
    rig.repository.commit('v3', {});
    await rig.run({ kind: 'deploy' });
    expect(readFileSync(join(live, 'uploads', 'photo'), 'utf8')).toBe('cat');
    expect(readFileSync(join(live, 'etc/local.json'), 'utf8')).toBe('{}');
    rig.repository.commit('v1', {});
  });

  it('adopt a plain live folder, with what was agreed, and find the way back to it', async () => {
    await rig.addProject('old');
    const host = rig.fleet[0]!;
    const live = join(host.hostPath, rig.project.key);
    mkdirSync(join(live, 'uploads'), { recursive: true });
    writeFileSync(
      join(live, 'index.js'),
      "require('http').createServer((q, r) => r.end('old')).listen(process.argv[2].split('=')[1], process.env.HOST)",
    );
    writeFileSync(join(live, 'uploads', 'kept.txt'), 'precious');
    const [first] = await rig.placements();
    await rig.agree(first!.id, [{ path: 'uploads', kind: 'folder' }]);
    const deployed = await rig.run({ kind: 'deploy', hostIds: [rig.hostIds[0]!] });
    expect(await rig.version(host)).toBe('v1');
    const [told] = await operationHosts.ofOperation(rig.db, deployed.id);
    expect(told?.releaseBefore).toMatch(/^[0-9A-Z]{26}$/);
    expect(
      readFileSync(join(host.hostPath, '.cedar', rig.project.key, 'shared/uploads/kept.txt'), 'utf8'),
    ).toBe('precious');
    await rig.change({ checks: { ...defaultProjectSettings.checks, http: false } });
    await rig.run({ kind: 'rollback', releaseId: told!.releaseBefore, hostIds: [rig.hostIds[0]!] });
    expect(await rig.version(host)).toBe('old');
    expect(readFileSync(join(live, 'uploads', 'kept.txt'), 'utf8')).toBe('precious');
  });

  it('remove old releases by the table, never the running, last good or pinned one', async () => {
    await rig.addProject('pruned', { keep: 2 });
    const ids: string[] = [];
    for (const version of ['p1', 'p2', 'p3', 'p4']) {
      rig.repository.commit(version, {});
      const { releaseId } = await rig.run({ kind: 'deploy' });
      ids.push(releaseId!);
      if (version === 'p1') await releases.pin(rig.db, releaseId!, true);
    }
    const kept = (await releases.kept(rig.db, rig.project.id)).map((release) => release.id);
    expect(kept).toContain(ids[0]);
    expect(kept).not.toContain(ids[1]);
    expect(kept.slice(0, 2)).toEqual([ids[3], ids[2]]);
    const there = (id: string) =>
      existsSync(join(rig.fleet[0]!.hostPath, '.cedar', rig.project.key, 'releases', id));
    expect([there(ids[0]!), there(ids[1]!), there(ids[3]!)]).toEqual([true, false, true]);
    await expect(rig.launch({ kind: 'rollback', releaseId: ids[1] })).rejects.toBeInstanceOf(CedarError);
    rig.repository.commit('v1', {});
  });

  it('restart and stop whatever other teams have broken in the configuration', async () => {
    await rig.addProject('urgent');
    await rig.run({ kind: 'deploy' });
    const host = rig.fleet[0]!;
    const broken = join(host.supervisorDir, 'other_team.conf');
    writeFileSync(broken, '[program:other_team]\nno command\n');
    await rig.run({ kind: 'deploy' }, 'failed');
    await rig.run({ kind: 'restart' });
    await rig.run({ kind: 'stop' });
    await expect(rig.version(host)).rejects.toThrow();
    rmSync(broken);
  });

  it('let other users of the host read what is served', async () => {
    await rig.addProject('served');
    const { releaseId } = await rig.run({ kind: 'deploy' });
    const { hostPath } = rig.fleet[0]!;
    for (const path of [
      '.cedar',
      '.cedar/test_served',
      '.cedar/test_served/releases',
      `.cedar/test_served/releases/${releaseId}`,
    ]) {
      expect(statSync(join(hostPath, path)).mode & 0o055, path).toBe(0o055);
    }
    const guards = readdirSync(join(hostPath, '.cedar')).filter((name) => name.startsWith('guard-'));
    expect(guards.map((name) => statSync(join(hostPath, '.cedar', name)).mode & 0o777)).toEqual([0o700]);
  });

  it('do not replace a link that somebody else made', async () => {
    await rig.addProject('linked');
    const { hostPath } = rig.fleet[0]!;
    mkdirSync(join(hostPath, 'elsewhere'));
    symlinkSync('elsewhere', join(hostPath, 'test_linked'));
    const { failure } = await rig.run({ kind: 'deploy' }, 'failed');
    expect(failure).toMatchObject({ code: 'foreign_link', detail: { host: 'h1', target: 'elsewhere' } });
    expect(rig.current(rig.fleet[0]!)).toBe('elsewhere');
    expect(rig.current(rig.fleet[1]!)).toBeNull();
  });
});
