import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../src/demo/fleet/free-port.ts';
import { GitServer } from '../../src/demo/fleet/git-server.ts';
import { findProgram } from '../../src/demo/fleet/program-path.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { samples } from '../../src/demo/samples/index.ts';
import { git, makeRepository } from '../../src/demo/samples/repository.ts';
import { makeKeyPair } from '../../src/shells/ssh/key-pair.ts';
import { ownAddress } from '../lab/fleet.ts';

const dir = mkdtempSync(join(tmpdir(), 'cedar-samples-'));
const key = makeKeyPair('test');
const address = ownAddress();
let server: GitServer;

beforeAll(async () => {
  for (const sample of samples) await makeRepository(join(dir, 'git'), sample);
  writeFileSync(join(dir, 'key'), key.private, { mode: 0o600 });
  server = await GitServer.start({
    dir: join(dir, 'server'),
    repositories: join(dir, 'git'),
    address,
    authorizedKeys: [key.public],
  });
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true });
});

test('every sample has a history of its own and stays as it is when asked for again', async () => {
  for (const { name, main } of samples) {
    const log = await git(['log', '--format=%s', 'main'], join(dir, 'git', `${name}.git`));
    expect(log.trim().split('\n').reverse()).toEqual(main.map((commit) => commit.subject));
  }
  const shop = join(dir, 'git', 'shop.git');
  const before = await git(['rev-parse', 'main', 'broken-health', 'broken-build', 'v1.0.0'], shop);
  await makeRepository(join(dir, 'git'), samples[0]!);
  expect(await git(['rev-parse', 'main', 'broken-health', 'broken-build', 'v1.0.0'], shop)).toBe(before);
});

test('the git server lets the key fetch, and nothing else', () => {
  const refs = overSsh(['git', 'ls-remote', server.url('shop')]);
  expect(refs.stdout).toContain('refs/heads/broken-build');
  expect(overSsh(['git', 'ls-remote', server.url('../server/x')]).status).not.toBe(0);
  const clone = join(dir, 'clone');
  expect(overSsh(['git', 'clone', '-q', server.url('site'), clone]).status).toBe(0);
  const push = overSsh(['git', '-C', clone, 'push', 'origin', 'HEAD:refs/heads/x']);
  expect(push.stderr).toContain('for fetching only');
});

test('the shop builds, answers its version and is healthy', async () => {
  const folder = checkout('shop', 'main');
  expect(run(folder, 'node', 'build.js').status).toBe(0);
  const port = await serve(folder, ['node', 'index.js']);
  expect(await (await fetch(`http://${address}:${port}/version`)).json()).toMatchObject({ version: '1.3.0' });
  expect((await fetch(`http://${address}:${port}/healthcheck`)).status).toBe(200);
});

test('broken-health builds, starts and fails its health check', async () => {
  const folder = checkout('shop', 'broken-health');
  expect(run(folder, 'node', 'build.js').status).toBe(0);
  const port = await serve(folder, ['node', 'index.js']);
  expect((await fetch(`http://${address}:${port}/healthcheck`)).status).toBe(500);
});

test('broken-build does not build', () => {
  const built = run(checkout('shop', 'broken-build'), 'node', 'build.js');
  expect(built.status).toBe(1);
  expect(built.stderr).toContain('gift card has no price');
});

test('the python service says hello', async () => {
  const port = await serve(checkout('hello-python', 'main'), ['python3', 'main.py']);
  expect(await (await fetch(`http://${address}:${port}/healthcheck`)).text()).toBe('good morning\n');
});

test('the ticker ticks and stops when it is told to', async () => {
  const child = spawn('./deploy_start.sh', { cwd: checkout('ticker', 'main') });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  await until('it ticks', () => out.includes('\n'));
  child.kill('SIGTERM');
  await until('it stops', () => child.exitCode === 0);
  expect(out).toContain('stopped');
});

function overSsh([program = '', ...words]: string[]) {
  const ssh = `ssh -F none -i ${dir}/key -o IdentitiesOnly=yes -o UserKnownHostsFile=${dir}/known -o StrictHostKeyChecking=accept-new`;
  return spawnSync(program, words, { encoding: 'utf8', env: { ...process.env, GIT_SSH_COMMAND: ssh } });
}

function checkout(name: string, branch: string): string {
  const folder = mkdtempSync(join(dir, 'tree-'));
  execFileSync('git', ['clone', '-q', '-b', branch, join(dir, 'git', `${name}.git`), folder]);
  return folder;
}

function run(cwd: string, program: string, ...words: string[]) {
  return spawnSync(program, words, { cwd, encoding: 'utf8' });
}

async function serve(cwd: string, [program = '', ...words]: string[]): Promise<number> {
  const port = await freePort(address);
  const path = program === 'node' ? process.execPath : findProgram(program);
  const child = spawn(path, [...words, `--port=${port}`], { cwd, env: { HOST: address } });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await until(`${program} answers`, () => fetch(`http://${address}:${port}/`).then(Boolean, () => false));
  return port;
}
