import { beforeAll, describe, expect, it } from 'vitest';
import { defaultProjectSettings, type ProjectSettings } from '../../src/model/project.ts';
import * as environments from '../../src/store/environments.ts';
import * as releases from '../../src/store/releases.ts';
import * as steps from '../../src/store/steps.ts';
import { FakeAutotest } from '../lab/fake-autotest.ts';
import { FakeGateway } from '../lab/fake-gateway.ts';
import { Rig } from '../lab/rig.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';
import { observed, registry } from './registry-story.ts';
import { fails, seen, story } from './story.ts';

let rig: Rig;
let autotest: FakeAutotest;
let worker: WorkerProcess;

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  autotest = await new FakeAutotest().start();
  worker = rig.startWorker({ CEDAR_AUTOTEST_URL: `${autotest.url}/run`, CEDAR_AUTOTEST_SECONDS: '2' });
});

function checks(more: Partial<ProjectSettings['checks']>): Pick<ProjectSettings, 'checks'> {
  return { checks: { ...defaultProjectSettings.checks, ...more } };
}

/** Answers /healthcheck in turn as its file `script` says (statuses), the last one for good; listens on loopback alone. */
const scripted = `
const http = require('http'), fs = require('fs');
const port = Number(process.argv[2].split('=')[1]);
const words = fs.readFileSync('script', 'utf8').trim().split(' ');
fs.appendFileSync(process.env.LEDGER, JSON.stringify({ port, pid: process.pid, at: Date.now(), dir: fs.realpathSync('.') }) + '\\n');
http.createServer((request, response) => {
  const [status, header] = (words.length > 1 ? words.shift() : words[0]).split('/');
  response.writeHead(Number(status), header ? { 'X-App': header } : {});
  response.end('v-scripted');
}).listen(port, fs.existsSync('loopback') ? '127.0.0.1' : process.env.HOST);
`;

async function scriptedProject(
  name: string,
  settings: Partial<ProjectSettings>,
  files: Record<string, string>,
) {
  const own = await story(rig, name, settings);
  const all = { 'index.js': scripted, ...files };
  rig.repository.commit('scripted', { branch: name, files: all });
  return own;
}

describe('checks', () => {
  it('ask from the host itself, on its loopback too, where the worker gets no answer', async () => {
    const own = await scriptedProject('inner', checks({}), { script: '200', loopback: '' });
    await fails(own, { kind: 'deploy', ref: 'inner' }, 'port_closed');
    await own.change(checks({ from: 'host' }));
    const { id } = await own.run({ kind: 'deploy', ref: 'inner' });
    expect(await own.logOf(id)).toContain('/healthcheck: 200');
  });

  it('ask from the host by its own address', async () => {
    const own = await story(rig, 'outer', checks({ from: 'host' }));
    await own.run({ kind: 'deploy' });
    rig.repository.commit('sick', { branch: 'sick', mode: 'sick' });
    const { failure } = await fails(own, { kind: 'deploy', ref: 'sick' }, 'http_check');
    expect(failure.detail.problem).toContain('500');
  });

  it('want so many good answers in a row', async () => {
    const own = await scriptedProject('rows', checks({ good: 3 }), { script: '200 500 200 200 500 200' });
    const { id } = await own.run({ kind: 'deploy', ref: 'rows' });
    const log = await own.logOf(id);
    expect(log).toContain('500 v-scripted (after 1 good answers)');
    expect(log).toContain('500 v-scripted (after 2 good answers)');
    expect(log).toContain('/healthcheck: 200, 3 times in a row');
  });

  it('want the header that the project names', async () => {
    const files = { script: '200/old 200 200/new' };
    const own = await scriptedProject('headed', checks({ header: 'X-App: new' }), files);
    const { id } = await own.run({ kind: 'deploy', ref: 'headed' });
    expect((await own.logOf(id)).match(/without the header “X-App: new”/g)?.length).toBe(1);
    await own.change(checks({ header: 'X-App: other' }));
    const { failure } = await fails(own, { kind: 'restart' }, 'http_check');
    expect(failure.detail.problem).toContain('without the header');
  });
});

describe('the autotest', () => {
  const ticked = checks({ autotest: true });

  it('is asked after all checks and before traffic, in production only, and never on a rollback', async () => {
    const gateway = await new FakeGateway().start();
    const hook = {
      ...{ url: `${gateway.url}/backends/{port}/{direction}` },
      ...{ body: '{"service":"{project}","state":"{direction}"}' },
      ...{ header_name: 'X-Key', header_value: rig.vault.seal(gateway.key) },
    };
    const own = await story(rig, 'tested', { ...ticked, ...registry('hook', hook) });
    await own.run({ kind: 'deploy' });
    expect(autotest.asked).toEqual([]);
    await environments.update(rig.db, 'test', { production: true, position: 0, settings: {} });
    gateway.ledger.length = 0;
    const { id, releaseId } = await own.run({ kind: 'restart' });
    const [{ at, told }] = autotest.asked as [{ at: number; told: unknown }];
    expect(told).toEqual({
      ...{ biz: 'test_tested', host: own.fleet[0]!.address, port: own.project.port, way: 1 },
    });
    const http = (await steps.ofOperation(own.db, id)).find((row) => row.name === 'stable');
    expect(at).toBeGreaterThanOrEqual(http!.endedAt! - 5);
    expect(gateway.ledger.at(-1)?.at).toBeGreaterThanOrEqual(at);
    expect(releaseId).toBeNull();
    const [kept] = await releases.kept(own.db, own.project.id);
    await own.run({ kind: 'rollback', releaseId: kept!.id });
    expect(autotest.asked).toHaveLength(1);
  });

  it.each([
    ['autotest_failed', { data: 'fail', url_list: ['https://r.example/1', 'javascript:alert(1)', 7] }],
    ['autotest_failed', { data: null }],
    ['autotest_unreachable', 'pass'],
    ['autotest_unreachable', null],
  ])('that does not pass keeps traffic away: %s %j', async (code, verdict) => {
    const gateway = await new FakeGateway().start();
    const hook = {
      ...{ url: `${gateway.url}/backends/{port}/{direction}` },
      ...{ body: '{"service":"{project}","state":"{direction}"}' },
      ...{ header_name: 'X-Key', header_value: rig.vault.seal(gateway.key) },
    };
    const own = await story(rig, `t-${gateway.url.length}-${Date.now() % 100_000}`, {
      ...ticked,
      ...registry('hook', hook),
    });
    autotest.verdict = verdict;
    if (verdict === null) autotest.mood = 'hanging';
    const { failure, releaseId } = await fails(own, { kind: 'deploy' }, code);
    autotest.mood = 'well';
    autotest.verdict = { data: 'pass' };
    const { url_list } = (verdict ?? {}) as { url_list?: unknown };
    if (url_list) expect(failure.detail.urls).toBe('https://r.example/1');
    expect(await observed(own)).toBe('out');
    expect(gateway.ledger.map(({ event }) => event)).toEqual(['out']);
    const bad = (await releases.byId(own.db, releaseId!))?.badAt;
    expect(bad === null).toBe(code === 'autotest_unreachable');
    await own.run({ kind: 'put-back' });
    expect(await observed(own)).toBe('in');
  });

  it('without its service stops an operation before anything is touched', async () => {
    const own = await story(rig, 'untested');
    await own.run({ kind: 'deploy' });
    const before = await seen(own, own.fleet[0]!);
    await own.change(ticked);
    await worker.kill();
    rig.startWorker();
    await fails(own, { kind: 'restart' }, 'autotest_unset');
    expect((await seen(own, own.fleet[0]!)).starts).toBe(before.starts);
  });
});
