import { beforeAll, describe, expect, it } from 'vitest';
import { typeOf } from '../../src/project-types/index.ts';
import { startingSettings } from '../../src/web/setup/project-form.ts';
import { Rig } from '../lab/rig.ts';
import { SampleRepository } from '../lab/sample-app.ts';
import { javaFiles, offlineMaven } from '../lab/sample-java.ts';
import { fails } from './story.ts';

let rig: Rig;
const code = new SampleRepository();

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  rig.startWorker();
});

async function addJar(name: string, options: Record<string, string>, processes = 1): Promise<void> {
  const settings = { ...startingSettings(typeOf('java-jar')), startSeconds: 1, stopSeconds: 5 };
  const all = { maven_arguments: offlineMaven, ...options };
  await rig.addProject(name, { ...settings, options: all }, processes, {
    type: 'java-jar',
    gitUrl: code.url,
  });
}

describe('a java-jar project', () => {
  it('is built by maven, run with its options on each port, updated, broken and rolled back', async () => {
    const [host] = rig.fleet as [(typeof rig.fleet)[0]];
    code.commit('one', { files: javaFiles('v1') });
    await addJar('jar', { java_options: '-Dgreeting=100%25 -Xmx32m', arguments: '--city=Oslo' }, 2);
    const first = await rig.run({ kind: 'deploy' });
    for (const process of [0, 1]) expect(await rig.version(host, process)).toBe('v1 100%25 --city=Oslo');
    code.commit('two', { files: javaFiles('v2') });
    await rig.change({ options: { ...rig.project.settings.options, arguments: '--city=Rome' } });
    const second = await rig.run({ kind: 'deploy' });
    for (const process of [0, 1]) expect(await rig.version(host, process)).toBe('v2 100%25 --city=Rome');
    code.commit('three', { files: javaFiles('v3', 'crash') });
    const { failure } = await fails(rig, { kind: 'deploy' }, 'not_running');
    expect(failure.programTail).toContain('I cannot start: no datasource');
    await rig.run({ kind: 'rollback', releaseId: second.releaseId });
    for (const process of [0, 1]) expect(await rig.version(host, process)).toBe('v2 100%25 --city=Rome');
    await rig.run({ kind: 'fast-rollback', releaseId: first.releaseId });
    expect(await rig.version(host)).toBe('v1 100%25 --city=Rome');
  });

  it('says which jars there are where it cannot tell which to run', async () => {
    const more = '<executions><execution><id>two</id><goals><goal>jar</goal></goals>';
    const second = `${more}<configuration><classifier>all</classifier></configuration></execution></executions>`;
    const files = javaFiles('v4');
    const pom = files['pom.xml']!.replace('</plugin>', `${second}</plugin>`);
    code.commit('four', { files: { ...files, 'pom.xml': pom } });
    await addJar('two', {});
    const { failure } = await fails(rig, { kind: 'deploy' }, 'build_exit');
    expect(failure.tail).toMatch(/more than one runnable jar: shop-v4(-all)?\.jar, shop-v4(-all)?\.jar/);
    await rig.change({ options: { ...rig.project.settings.options, jar: 'target/shop-v4-all.jar' } });
    await rig.run({ kind: 'deploy' });
    expect(await rig.version(rig.fleet[0]!)).toMatch(/^v4 null --server/);
  });
});
