import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/demo/fleet/free-port.ts';
import type { Project } from '../../src/model/project.ts';
import * as environments from '../../src/store/environments.ts';
import * as placements from '../../src/store/placements.ts';
import * as projectFiles from '../../src/store/project-files.ts';
import * as projects from '../../src/store/projects.ts';
import * as releases from '../../src/store/releases.ts';
import * as steps from '../../src/store/steps.ts';
import { build, expectReadable, story } from '../deploy/story.ts';
import { Rig } from '../lab/rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1, database: 'mariadb' });
  await environments.add(rig.db, { name: 'online', production: true, position: 1, settings: {} });
  rig.startWorker();
});

/** The project in `test`, deployed, and its sibling in `online` on the same host. */
async function siblings(name: string, more: Partial<Project> = {}): Promise<{ test: Rig; online: Rig }> {
  const test = await story(rig, name, { startSeconds: 0, build: build('date +%N > artifact') });
  const online: Rig = Object.create(test);
  const { groupId, type, gitUrl, branch, settings } = test.project;
  online.project = await projects.add(rig.db, {
    ...{ environment: 'online', name, groupId, type, gitUrl, branch, settings },
    ...{ port: await freePort(rig.fleet[0]!.address), template: null, env: [], notes: null },
    ...more,
  });
  const [placed] = await test.placements();
  await placements.add(rig.db, {
    ...{ projectId: online.project.id, hostId: rig.hostIds[0]!, processes: 1, env: placed!.env },
  });
  return { test, online };
}

async function configure(own: Rig, path: string, text: string, placed: 'before-build' | 'after-build') {
  const file = { path, placed, source: 'text', secret: false, fill: false, changedBy: 'tester' } as const;
  await projectFiles.put(rig.db, own.project.id, file, { sealed: rig.vault.seal(text) });
}

const promotion = (releaseId: string) => ({
  promotion: { releaseId, releaseName: '', projectId: '', projectKey: '' },
});

describe('promoting', () => {
  it('runs the very tree of the other environment, and keeps it once', async () => {
    const { test, online } = await siblings('identical');
    const deployed = await test.run({ kind: 'deploy' });
    const promoted = await online.run({ kind: 'promote', params: promotion(deployed.releaseId!) });
    const [from, to] = [
      (await releases.byId(rig.db, deployed.releaseId!))!,
      (await releases.byId(rig.db, promoted.releaseId!))!,
    ];
    expect(to).toMatchObject({
      ...{ projectId: online.project.id, promotedFrom: from.id, commit: from.commit },
      ...{ manifestHash: from.manifestHash, files: from.files, bytes: from.bytes },
    });
    expect(to.goodAt).not.toBeNull();
    expect(await online.version(rig.fleet[0]!)).toBe('v1');
    expect(live(online, 'artifact')).toBe(live(test, 'artifact'));
    expect((await steps.ofOperation(rig.db, promoted.id)).map((row) => row.name)).not.toContain('build');
    const again = await online.run({ kind: 'promote', params: promotion(from.id) });
    expect(again.releaseId).toBe(to.id);
  });

  it('leaves the files of the other environment behind, and writes this one’s own', async () => {
    const { test, online } = await siblings('files');
    await configure(test, 'etc/own.conf', 'for test', 'after-build');
    await configure(test, 'etc/test-only.conf', 'secret of test', 'after-build');
    await configure(online, 'etc/own.conf', 'for online', 'after-build');
    const deployed = await test.run({ kind: 'deploy' });
    await online.run({ kind: 'promote', params: promotion(deployed.releaseId!) });
    expect(live(online, 'etc/own.conf')).toBe('for online');
    expect(() => live(online, 'etc/test-only.conf')).toThrow('ENOENT');
    expect(live(online, 'artifact')).toBe(live(test, 'artifact'));
    expect(live(test, 'etc/own.conf')).toBe('for test');
  });

  it('refuses what another environment’s files were built into, and touches nothing', async () => {
    const { test, online } = await siblings('built-in');
    await configure(test, 'built.conf', 'for test', 'before-build');
    const deployed = await test.run({ kind: 'deploy' });
    const request = { kind: 'promote', params: promotion(deployed.releaseId!) } as const;
    const failed = await online.run(request, 'failed');
    expect(failed.failure).toMatchObject({ code: 'promote_built_in', detail: { paths: 'built.conf' } });
    expectReadable(failed.failure!);
    expect(online.current(rig.fleet[0]!)).toBeNull();
    await configure(online, 'built.conf', 'for test', 'before-build');
    await online.run(request);
    expect(live(online, 'built.conf')).toBe('for test');
  });

  it('is refused where the release is gone, or was built otherwise than here', async () => {
    const { test, online } = await siblings('refused');
    const deployed = await test.run({ kind: 'deploy' });
    const params = promotion(deployed.releaseId!);
    const refusal = () => online.launch({ kind: 'promote', params }).catch((error) => error.code);
    await online.change({ build: { ...online.project.settings.build, output: 'dist' } });
    expect(await refusal()).toBe('promote_other_output');
    await online.change({ build: { ...online.project.settings.build, output: '' } });
    await rig.db('projects').where({ id: online.project.id }).update({ type: 'python' });
    expect(await refusal()).toBe('promote_other_type');
    await rig
      .db('projects')
      .where({ id: online.project.id })
      .update({ type: 'nodejs', git_url: 'file:///x' });
    expect(await refusal()).toBe('promote_other_git');
    await rig.db('projects').where({ id: online.project.id }).update({ git_url: test.project.gitUrl });
    await expect(test.launch({ kind: 'promote', params })).rejects.toMatchObject({ code: 'promote_same' });
    await rig.db('releases').where({ id: deployed.releaseId }).update({ state: 'pruned' });
    expect(await refusal()).toBe('promote_gone');
  });
});

function live(own: Rig, path: string): string {
  return readFileSync(join(rig.fleet[0]!.hostPath, own.project.key, path), 'utf8');
}
