import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import * as placements from '../../src/store/placements.ts';
import { CedarCommand } from '../lab/cedar-command.ts';
import { Rig } from '../lab/rig.ts';
import { Console } from './console.ts';
import { Newcomer } from './newcomer.ts';
import { build } from './story.ts';

/* Programs and scripts against a real console, a real worker and real machines. */
let rig: Rig;
let web: Console;
let token: string;
const dir = mkdtempSync(join(tmpdir(), 'cedar-programs-'));
const flag = join(dir, 'go');
const command = `echo line one; while [ ! -e ${flag} ]; do sleep 0.05; done; echo line two; [ ! -e bad ]; echo built > artifact`;
/** A machine that joins has no variables of its own here: the template says where it listens. */
const template = readFileSync(
  join(import.meta.dirname, '../../templates/nodejs.conf.liquid'),
  'utf8',
).replace('command=node', 'command=/usr/bin/env HOST={{ address }} LEDGER={{ log_dir }}/ledger node');

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  await rig.addProject('shop', { build: build(command), startSeconds: 0 }, 1, { template });
  rig.startWorker();
  web = await Console.over(rig);
  token = await web.token();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const cedar = (...args: string[]) => web.cedar(token, ...args);
const idIn = (text: string) => /[0-9A-HJKMNP-TV-Z]{26}/.exec(text)?.[0] ?? '';
const allow = () => writeFileSync(flag, '');

describe('cedar deploy', () => {
  it('shows the log while it runs, and so does cedar logs -f; a second deploy is told that it is busy', async () => {
    const deploy = cedar('deploy', 'test_shop', '--reason', 'first');
    await until('the first line is seen', async () => /^line one$/m.test(deploy.stdout), 30_000, 50);
    const id = idIn(deploy.stdout);
    const logs = cedar('logs', '-f', 'test_shop');
    await until('the follower sees it too', async () => /^line one$/m.test(logs.stdout), 20_000, 50);
    expect(logs.stdout).not.toMatch(/^line two$/m);
    const [busy, shown] = [cedar('deploy', 'test_shop'), cedar('status', '--json')];
    expect(await busy.ended).toBe(4);
    expect(busy.stderr).toContain('Root');
    expect(await shown.ended).toBe(0);
    expect(JSON.parse(shown.stdout)).toMatchObject([{ id, kind: 'deploy', live: true }]);
    allow();
    expect([await deploy.ended, await logs.ended], deploy.stderr + logs.stderr).toEqual([0, 0]);
    expect(deploy.stdout).toMatch(/^line two$/m);
    expect(logs.stdout).toMatch(/^line two$/m);
    expect(deploy.stdout).toContain('succeeded, 1 of 1 hosts done');
    expect(await rig.version(rig.fleet[0]!)).toBe('v1');
  });

  it('ends with 1 where it failed and 6 where it needs attention, and says why', async () => {
    rig.repository.commit('v2', { files: { bad: '' } });
    const failed = cedar('deploy', 'test_shop', '--json');
    expect(await failed.ended, failed.stderr).toBe(1);
    expect(failed.json).toMatchObject({ state: 'failed', failure: { code: expect.any(String) } });
    const [after, log] = [cedar('status', String(failed.json.id)), cedar('logs', String(failed.json.id))];
    expect([await after.ended, await log.ended]).toEqual([1, 0]);
    expect(log.stdout).toMatch(/^line two$/m);
    await rig.db('operations').where({ id: failed.json.id }).update({ state: 'needs-attention' });
    expect(await cedar('status', String(failed.json.id)).ended).toBe(6);
    await rig.db('operations').where({ id: failed.json.id }).update({ state: 'failed' });
    expect(await rig.version(rig.fleet[0]!)).toBe('v1');
  });

  it('rolls back, looks and lists', async () => {
    const [release] = await rig.db('releases').where({ state: 'kept' });
    const commands = [
      cedar('status', 'test_shop', '--json'),
      cedar('hosts', 'test_shop'),
      cedar('hosts', '--json'),
      cedar('releases', 'test_shop'),
    ];
    expect(await Promise.all(commands.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);
    expect(commands[0]!.json).toMatchObject({ placements: [{ host: 'h1' }], operation: { state: 'failed' } });
    expect(commands[1]!.stdout).toMatch(/^HOST +ADDRESS.*\nh1 /);
    expect(JSON.parse(commands[2]!.stdout)).toMatchObject([{ name: 'h1', projects: ['test_shop'] }]);
    expect(commands[3]!.stdout).toContain(release.name);
    const back = cedar('rollback', 'test_shop', release.name, '--host', 'h1', '--quiet');
    expect(await back.ended, back.stderr).toBe(0);
  });

  it('does not wait where it shall not, and no longer than it may', async () => {
    const restart = cedar('restart', 'test_shop', '--no-wait', '--json');
    expect(await restart.ended).toBe(0);
    await rig.ended(String(restart.json.id));
    rmSync(flag);
    rig.repository.commit('v3', {});
    const late = cedar('deploy', 'test_shop', '--timeout', '1');
    expect(await late.ended).toBe(5);
    expect(late.stderr).toContain('cedar status');
    allow();
    await rig.ended(idIn(late.stdout));
  });
});

describe('exit codes', () => {
  it('tell usage, refusal and silence apart', async () => {
    const reader = await web.token(['read']);
    const open = join(dir, 'open');
    writeFileSync(open, `CEDAR_URL=${web.listener.address}\nCEDAR_TOKEN=${token}\n`);
    chmodSync(open, 0o644);
    const closed = join(dir, 'closed');
    writeFileSync(closed, readFileSync(open), { mode: 0o600 });
    const { address } = web.listener;
    const other = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`;
    const cases: [number, CedarCommand][] = [
      [2, cedar('deploy')],
      [2, cedar('nonsense')],
      [2, cedar('deploy', 'test_shop', '--ref', '--output=/tmp/x')],
      [2, new CedarCommand({ CEDAR_TOKEN: token }, ['status'])],
      [2, new CedarCommand({ CEDAR_CONFIG: open }, ['status'])],
      [0, new CedarCommand({ CEDAR_CONFIG: closed }, ['status'])],
      [3, cedar('deploy', 'test_none')],
      [3, web.cedar(reader, 'restart', 'test_shop')],
      [3, new CedarCommand({ CEDAR_URL: address, CEDAR_TOKEN: other }, ['status'])],
      [5, new CedarCommand({ CEDAR_URL: 'http://127.0.0.1:1', CEDAR_TOKEN: token }, ['status'])],
      [0, cedar('--help')],
    ];
    const codes = await Promise.all(cases.map(([, one]) => one.ended));
    expect(codes, cases.map(([, one]) => one.stderr).join('\n')).toEqual(cases.map(([code]) => code));
    expect(cases.map(([, one]) => one.stdout + one.stderr).join('')).not.toContain(token);
  });
});

describe('over https', () => {
  it('goes by a CA of its own, and refuses a certificate that nobody vouches for', async () => {
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const made = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '1',
      '-keyout',
      key,
      '-out',
      cert,
    ];
    execFileSync('openssl', [...made, ...subject], { stdio: 'ignore' });
    const tls = { key: readFileSync(key), cert: readFileSync(cert) };
    const server = createServer(tls, web.app()).listen(0, '127.0.0.1');
    await until('it listens', async () => server.listening, 5000, 10);
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const known = new CedarCommand({ CEDAR_URL: url, CEDAR_TOKEN: token, CEDAR_CA: cert }, [
      'status',
      '--json',
    ]);
    const unknown = new CedarCommand({ CEDAR_URL: url, CEDAR_TOKEN: token }, ['status']);
    expect([await known.ended, await unknown.ended], known.stderr).toEqual([0, 5]);
    expect(unknown.stderr).toMatch(/self-signed/);
    server.close();
  });
});

describe('POST /expansion and POST /reduced', () => {
  it('bring a machine in and take it off again; repeated, replayed and after a restart there is one of each', async () => {
    const newcomer = await Newcomer.start(rig, 'n1');
    const { machine } = newcomer;
    const wish = { project: 'test_shop', host: machine.address, host_key: machine.hostKey, reason: 'load' };
    const named = { 'Idempotency-Key': 'evening-peak' };
    const answers = await Promise.all([1, 2, 3].map(() => web.post('/expansion', token, wish, named)));
    const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as Record<string, string>[];
    expect(
      answers.map(({ status }) => status),
      JSON.stringify(bodies),
    ).toEqual([200, 200, 200]);
    expect(new Set(bodies.map(({ taskid }) => taskid)).size).toBe(1);
    expect(bodies[0]).toMatchObject({ status: 'ok', operation: 'expansion', project: 'test_shop' });
    expect(bodies[0]!.tag).toMatch(/^test-/);
    expect(bodies[0]!.output).not.toBe('');
    expect((await newcomer.rows()).placements).toBe(1);
    expect(await rig.version(machine)).toBe(await rig.version(rig.fleet[0]!));
    await web.restart();
    const replayed = await (await web.post('/expansion', token, wish, named)).json();
    expect(replayed).toMatchObject({ taskid: bodies[0]!.taskid });
    expect((await web.post('/expansion', token, { ...wish, reason: 'x' }, named)).status).toBe(409);
    const reduced = cedar('reduced', 'test_shop', machine.address, '--quiet');
    expect(await reduced.ended, reduced.stderr).toBe(0);
    const again = await web.post('/reduced', token, { project: 'test_shop', host: machine.address });
    expect([again.status, await again.json()]).toEqual([200, expect.objectContaining({ status: 'ok' })]);
    expect(await placements.ofProject(rig.db, rig.project.id)).toHaveLength(1);
    expect((await newcomer.traces()).programs).toBe('');
  });

  it('tell a failure, which leaves nothing half-added', async () => {
    const other = await Newcomer.start(rig, 'n2');
    const wish = ['expansion', 'test_shop', other.machine.address, '--host-key', `SHA256:${'A'.repeat(43)}`];
    const refused = cedar(...wish, '--json');
    expect(await refused.ended, refused.stderr).toBe(1);
    expect(refused.json).toMatchObject({ state: 'failed', failure: { code: 'arrival_key_other' } });
    expect(await other.rows()).toEqual({ hosts: [], placements: 0 });
  });
});
