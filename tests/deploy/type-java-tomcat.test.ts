import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endAll } from '../../src/demo/fleet/daemon.ts';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import { isSame, type Proc, procOf } from '../../src/demo/fleet/proc.ts';
import { typeOf } from '../../src/project-types/index.ts';
import { startingSettings } from '../../src/web/setup/project-form.ts';
import { killedAt } from '../lab/killed-at.ts';
import { Rig } from '../lab/rig.ts';
import { SampleRepository } from '../lab/sample-app.ts';
import { offlineWar, warFiles } from '../lab/sample-war.ts';
import { placementNow } from '../lab/seen-now.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';
import { fails } from './story.ts';

let rig: Rig;
let host: FleetHost;
let worker: WorkerProcess;
const code = new SampleRepository();
const type = typeOf('java-tomcat');
const jvms: Proc[] = [];

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  host = rig.fleet[0]!;
  worker = rig.startWorker();
});
afterAll(() => endAll(jvms, 5000));

const base = () => join(host.hostPath, '.cedar', rig.project.key, 'tomcat');

/** The JVM that the pid file names, to be ended with the test. */
function jvm(): Proc {
  const proc = procOf(Number(readFileSync(join(base(), 'tomcat.pid'), 'utf8')))!;
  jvms.push(proc);
  return proc;
}

describe('a java-tomcat project', () => {
  it('is built by maven and runs in a Tomcat of its own, is updated, broken, rolled back, restarted and stopped', async () => {
    code.commit('one', { files: warFiles('v1') });
    const settings = { ...startingSettings(type), startSeconds: 1, stopSeconds: 15 };
    // Several machines of the tests share one loopback: the port for shutting down needs its address.
    const server_xml = type.options.find(({ name }) => name === 'server_xml')!.initial;
    const options = {
      maven_arguments: offlineWar,
      home: '/usr/share/tomcat10',
      server_xml: server_xml.replace('address="127.0.0.1" shutdown', 'address="{{ address }}" shutdown'),
      setenv: 'CATALINA_OPTS="-Xmx96m -XX:TieredStopAtLevel=1 -Dcolour={{ port }}"\n',
    };
    await rig.addProject('war', { ...settings, options }, 1, { type: 'java-tomcat', gitUrl: code.url });
    await rig.changeEnv({ GREETING: `it's 100% "$HOME"` }, true);
    const { port } = rig.project;
    const answer = (version: string) => `${version} it's 100% "$HOME" ${port}`;

    const first = await rig.run({ kind: 'deploy' });
    expect(await rig.version(host)).toBe(answer('v1'));
    const one = jvm();
    const xml = readFileSync(join(base(), 'conf/server.xml'), 'utf8');
    expect(xml).toContain(`<Server port="${port! - 75}"`);
    expect(xml).not.toContain('AJP');
    expect(statSync(join(base(), 'bin/setenv.sh')).mode & 0o077).toBe(0);
    expect(readlinkSync(join(base(), 'logs'))).toBe(join(host.logPath, rig.project.key));
    expect(await placementNow(rig)).toMatchObject({
      state: 'running',
      release: first.releaseId,
      processes: [{ name: 'test_war:tomcat', pid: one.pid, state: 'running' }],
    });

    code.commit('two', { files: warFiles('v2') });
    const second = await rig.run({ kind: 'deploy' });
    expect(await rig.version(host)).toBe(answer('v2'));
    expect(isSame(one), 'the JVM of before is gone').toBe(false);
    const two = jvm();
    expect(await rig.logOf(second.id)).toContain('conf/server.xml is as it should be');

    // Nothing that Tomcat does is done inside a release.
    const release = join(host.hostPath, '.cedar', rig.project.key, 'releases', second.releaseId!, 'webapps');
    expect(readdirSync(release)).toEqual(['ROOT.war']);
    expect(lstatSync(join(base(), 'webapps/ROOT.war')).isSymbolicLink()).toBe(true);

    code.commit('three', { files: warFiles('v3', 'sick') });
    const { failure } = await fails(rig, { kind: 'deploy' }, 'http_check');
    expect(failure.programTail).toContain('I cannot start: no datasource');
    jvm();
    await rig.run({ kind: 'rollback', releaseId: first.releaseId });
    expect(await rig.version(host)).toBe(answer('v1'));
    const back = jvm();

    // The worker is lost when Tomcat was started and nobody knows it yet: it is not started a second time.
    ({ worker } = await killedAt(rig, worker, 'tomcat-start@h1:done', { kind: 'restart' }));
    expect(
      readFileSync(join(host.logPath, rig.project.key, 'catalina.out'), 'utf8').match(/=== started/g),
    ).toHaveLength(5);
    expect(await rig.version(host)).toBe(answer('v1'));
    expect([isSame(two), isSame(back)]).toEqual([false, false]);
    jvm();
    await rig.run({ kind: 'stop' });
    await expect(rig.version(host)).rejects.toThrow();
    expect(jvms.filter(isSame)).toEqual([]);
    expect(await placementNow(rig)).toMatchObject({ state: 'stopped' });
    const stopped = await rig.run({ kind: 'stop' });
    expect(await rig.logOf(stopped.id)).toContain('no JVM of this Tomcat runs');
  }, 300_000);

  it('refuses what could not run before anything is touched', async () => {
    const link = readlinkSync(join(host.hostPath, rig.project.key));
    const { options } = rig.project.settings;
    await rig.change({ options: { ...options, home: '/nowhere' } });
    await fails(rig, { kind: 'deploy' }, 'no_tomcat');
    await rig.change({ options: { ...options, server_xml: '<Server><Service></Server>' } });
    await fails(rig, { kind: 'deploy' }, 'server_xml');
    await rig.change({ options, build: { ...rig.project.settings.build, output: 'src' } });
    const { failure } = await fails(rig, { kind: 'deploy' }, 'release_lacks');
    expect(failure.detail.path).toBe('webapps/ROOT.war');
    expect(readlinkSync(join(host.hostPath, rig.project.key))).toBe(link);
    expect(existsSync(join(base(), 'tomcat.pid'))).toBe(false);
  });
});
