import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/demo/fleet/free-port.ts';
import type { ProjectSettings } from '../../src/model/project.ts';
import { typeOf } from '../../src/project-types/index.ts';
import * as operations from '../../src/store/operations.ts';
import { startingSettings } from '../../src/web/setup/project-form.ts';
import { Rig } from '../lab/rig.ts';
import { SampleRepository } from '../lab/sample-app.ts';
import { golangConfig, golangFiles } from '../lab/sample-golang.ts';
import { fails } from './story.ts';

let rig: Rig;
const code = new SampleRepository();
const config = new SampleRepository();

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
});

async function addGo(name: string, options: Record<string, string>, more: Partial<ProjectSettings> = {}) {
  const settings = { ...startingSettings(typeOf('golang')), ...more };
  const port = await freePort(rig.fleet[0]!.address);
  await rig.addProject(name, { ...settings, startSeconds: 1, stopSeconds: 5, options }, 1, {
    ...{ type: 'golang', gitUrl: code.url, port },
  });
  return port;
}

const live = (path: string) => join(rig.fleet[0]!.hostPath, rig.project.key, path);

describe('a golang project', () => {
  it('is built, shipped with the configuration of its second repository, updated, broken and rolled back', async () => {
    rig.startWorker({ CEDAR_FAIL: 'assemble:intended' });
    code.commit('one', { files: golangFiles('v1') });
    const options = { config_git_url: config.url, config_branch: 'main', config_folder: 'test' };
    const port = await addGo('gopher', options);
    const settled = config.commit('hello', { files: golangConfig('gopher', port, 'hello') });

    const asked = await rig.launch({ kind: 'deploy' });
    rig.startWorker();
    const first = await rig.ended(asked.id);
    expect(first.failure).toBeNull();
    expect(await rig.logOf(first.id)).toContain(`configuration: main = ${settled}`);
    for (const host of rig.fleet) expect(await rig.version(host)).toBe('v1 hello seed');
    expect(readFileSync(live('libs/note.txt'), 'utf8')).toBe('library\n');
    expect(existsSync(live('main.go'))).toBe(false);
    expect(existsSync(live('etc/mode'))).toBe(false);

    expect((await rig.run({ kind: 'deploy' })).releaseId).toBe(first.releaseId);
    config.commit('welcome', { files: golangConfig('gopher', port, 'welcome') });
    const configured = await rig.run({ kind: 'deploy' });
    expect(configured.commit).toBe(first.commit);
    expect(configured.releaseId).not.toBe(first.releaseId);
    for (const host of rig.fleet) expect(await rig.version(host)).toBe('v1 welcome seed');

    const later = config.commit('later', { files: golangConfig('gopher', port, 'later') });
    const { configCommit } = await operations.facts(rig.db, configured.id);
    expect(configCommit).not.toBe(later);
    const pinned = await rig.run({ kind: 'deploy', params: { configCommit: String(configCommit) } });
    expect(pinned.releaseId).toBe(configured.releaseId);
    const { commit, releaseId } = configured;
    const again = { ref: commit, releaseId, fromOperation: configured.id, relation: 'resume' as const };
    expect((await rig.run({ kind: 'deploy', ...again })).releaseId).toBe(releaseId);
    config.commit('welcome', { files: golangConfig('gopher', port, 'welcome') });

    code.commit('two', { files: golangFiles('v2') });
    const second = await rig.run({ kind: 'deploy' });
    for (const host of rig.fleet) expect(await rig.version(host)).toBe('v2 welcome seed');

    code.commit('three', { files: golangFiles('v3', 'crash') });
    const { failure } = await fails(rig, { kind: 'deploy' }, 'not_running');
    expect(failure.programTail).toContain('I cannot start: no queue');
    await rig.run({ kind: 'rollback', releaseId: second.releaseId });
    for (const host of rig.fleet) expect(await rig.version(host)).toBe('v2 welcome seed');
    await rig.run({ kind: 'fast-rollback', releaseId: first.releaseId });
    for (const host of rig.fleet) expect(await rig.version(host)).toBe('v1 hello seed');
  });

  it('is built by its own deploy_build.sh, which gets the name and the build command', async () => {
    const script = `test "$1" = scripted && test "$2" = 'fast; echo $HOME' || exit 9
mkdir -p deploy-bin/bin deploy-bin/etc
go build -o "deploy-bin/bin/$1" .
printf '%s\\n%s\\n' "$PORT" own >deploy-bin/etc/$1.conf
`;
    code.commit('four', { files: { ...golangFiles('v4'), 'deploy_build.sh': script } });
    const build = { ...startingSettings(typeOf('golang')).build, command: 'fast; echo $HOME' };
    const port = await addGo('scripted', {}, { build });
    await rig.changeEnv({ PORT: String(port) });
    await rig.run({ kind: 'deploy' });
    expect(await rig.version(rig.fleet[0]!)).toBe('v4 own seed');
  });

  it('touches no host where the build or the configuration is not what it should be', async () => {
    code.commit('five', { files: { ...golangFiles('v5'), 'deploy_build.sh': 'echo done\n' } });
    await addGo('empty', {});
    const { failure } = await fails(rig, { kind: 'deploy' }, 'no_output');
    expect(failure.detail).toEqual({ folder: 'deploy-bin' });
    code.commit('six', { files: { ...golangFiles('v6'), 'deploy_build.sh': 'mkdir deploy-bin\n' } });
    await addGo('elsewhere', { config_git_url: config.url, config_folder: 'online' });
    await fails(rig, { kind: 'deploy' }, 'no_config_folder');
    await addGo('nowhere', { config_git_url: config.url, config_branch: 'gone' });
    await fails(rig, { kind: 'deploy' }, 'git_ref_gone');
    expect(rig.current(rig.fleet[0]!)).toBeNull();
  });
});
