import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Bridge, type Grant } from '../../../src/shells/ssh/bridge.ts';
import { type Lab, startLab, until } from './lab.ts';

let lab: Lab;
let bridge: Bridge;
let work: string;
let fakeSsh: string;
let canary: string;

beforeAll(async () => {
  lab = await startLab();
  work = await mkdtemp(join(tmpdir(), 'cedar-bridge-'));
  fakeSsh = join(work, 'bin');
  canary = join(work, 'an-ssh-was-spawned');
  await mkdir(fakeSsh);
  await writeFile(join(fakeSsh, 'ssh'), `#!/bin/sh\necho ssh >> ${canary}\nexit 255\n`);
  await chmod(join(fakeSsh, 'ssh'), 0o755);
  bridge = new Bridge(lab.pool, join(work, 'sockets'));
  await bridge.listen();
});
afterAll(async () => {
  await bridge.close();
  await lab.stop();
  await rm(work, { recursive: true, force: true });
});
beforeEach(() => rm(canary, { force: true }));

type Outcome = { code: number | null; stdout: Buffer; stderr: string };

/** Runs a local program with the grant in a minimal environment in which `ssh` is a canary. */
function run(argv: string[], grant: Grant | null, input: Buffer | string = ''): Promise<Outcome> {
  const env = { PATH: `${fakeSsh}:${process.env.PATH}`, HOME: work, ...grant?.env };
  const gitEnv = grant ? { GIT_SSH_COMMAND: grant.program } : {};
  const [program = '', ...words] = argv;
  const child = spawn(program, words, { env: { ...env, ...gitEnv }, cwd: work });
  const stdout: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => child.stdin.destroy());
  child.stdin.end(input);
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, stdout: Buffer.concat(stdout), stderr }));
  });
}

/** The helper itself, called as ssh would be. */
const viaHelper = (grant: Grant, command: string, input?: Buffer) =>
  run([...grant.program.split(' '), '-p', '1', '-l', 'mallory', 'elsewhere.invalid', command], grant, input);

const any = () => true;
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
const spawnedSsh = () => exists(canary);

describe('the helper', () => {
  test('passes both streams, the input and the exit code, and ignores the host it is told', async () => {
    const outcome = await viaHelper(
      bridge.grant(lab.target, any),
      'cat; echo oops >&2; exit 7',
      Buffer.from('hi'),
    );
    expect([outcome.code, outcome.stdout.toString(), outcome.stderr]).toEqual([7, 'hi', 'oops\n']);
  });

  test('passes every byte of many megabytes there and back', async () => {
    const input = Buffer.alloc(12 * 1024 * 1024);
    for (let at = 0; at < input.length; at += 4) input.writeUInt32LE((at * 2654435761) >>> 0, at);
    const outcome = await viaHelper(bridge.grant(lab.target, any), 'cat', input);
    expect(outcome.code).toBe(0);
    expect(outcome.stdout.equals(input)).toBe(true);
  });

  test('holds the far command back while nobody reads', async () => {
    const grant = bridge.grant(lab.target, any);
    const mark = join(work, 'all-was-written');
    const script = `head -c 100000000 /dev/zero; touch ${mark}`;
    const [node = '', helper = ''] = grant.program.split(' ');
    const child = spawn(node, [helper, 'host', script], {
      env: grant.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await expect(until('all is written', () => exists(mark), 700)).rejects.toThrow();
    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    expect([bytes, await exists(mark)]).toEqual([100_000_000, true]);
  });

  test('says which signal ended the command', async () => {
    const outcome = await viaHelper(bridge.grant(lab.target, any), 'kill -9 $$');
    expect([outcome.code, outcome.stderr]).toEqual([255, 'cedar: ended by SIGKILL\n']);
  });

  test('fails where the host cannot be reached', async () => {
    const wrong = { ...lab.target, hostKey: 'AAAA' };
    const outcome = await viaHelper(bridge.grant(wrong, any), 'true');
    expect([outcome.code, outcome.stderr.includes('ssh_host-key')]).toEqual([255, true]);
  });

  test('fails when the connection is lost', async () => {
    const outcome = await viaHelper(bridge.grant(lab.target, any), 'kill -9 $PPID; sleep 5');
    expect([outcome.code, outcome.stderr.includes('ssh_lost')]).toEqual([255, true]);
  });

  test('ends when its grant is revoked', async () => {
    const grant = bridge.grant(lab.target, any);
    const mark = join(work, 'started');
    const ending = viaHelper(grant, `touch ${mark}; exec sleep 30`);
    await until('the command runs', () => exists(mark));
    grant.revoke();
    expect((await ending).code).toBe(255);
  });
});

describe('[S84] the bridge refuses', () => {
  test('a command that is not allowed, and does not run it', async () => {
    const grant = bridge.grant(lab.target, (command) => command === 'echo fine');
    const outcome = await viaHelper(grant, `touch ${work}/evil`);
    expect([outcome.code, outcome.stderr.includes('not allowed')]).toEqual([255, true]);
    expect(await readdir(work)).not.toContain('evil');
  });

  test('the second use of a token', async () => {
    const grant = bridge.grant(lab.target, any);
    expect((await viaHelper(grant, 'echo once')).stdout.toString()).toBe('once\n');
    const second = await viaHelper(grant, 'echo twice');
    expect([second.code, second.stdout.length, second.stderr.includes('used up')]).toEqual([255, 0, true]);
  });

  test('a token after a refused command', async () => {
    const grant = bridge.grant(lab.target, (command) => command === 'echo fine');
    await viaHelper(grant, 'echo other');
    expect((await viaHelper(grant, 'echo fine')).code).toBe(255);
  });

  test('a revoked or invented token', async () => {
    const grant = bridge.grant(lab.target, any);
    grant.revoke();
    expect((await viaHelper(grant, 'true')).code).toBe(255);
    const invented = { ...grant, env: { ...grant.env, CEDAR_BRIDGE_TOKEN: 'x'.repeat(43) } };
    expect((await viaHelper(invented, 'true')).code).toBe(255);
  });

  test('other users: its folder has mode 0700', async () => {
    expect((await stat(join(work, 'sockets'))).mode & 0o777).toBe(0o700);
  });
});

describe('rsync over the bridge', () => {
  test('[S84] copies a tree without an ssh of its own', async () => {
    const from = join(work, 'from');
    const to = join(work, 'to with space');
    await mkdir(join(from, 'deep', 'er'), { recursive: true });
    await writeFile(join(from, 'deep', 'er', "it's a file"), 'text');
    await writeFile(join(from, 'big'), Buffer.alloc(5_000_000, 'rsync '));
    const grant = bridge.grant(lab.target, (command) => command.startsWith('rsync --server '));
    const argv = ['rsync', '-rlpt', '-s', '-e', grant.program, `${from}/`, `lab:${to}/`];
    const outcome = await run(argv, grant);
    expect([outcome.code, outcome.stderr]).toEqual([0, '']);
    expect(await readFile(join(to, 'deep', 'er', "it's a file"), 'utf8')).toBe('text');
    expect((await readFile(join(to, 'big'))).equals(await readFile(join(from, 'big')))).toBe(true);
    expect(await spawnedSsh()).toBe(false);
  });
});

describe('git over the bridge', () => {
  const allowed = (command: string) => /^git-upload-pack '[^']+'$/.test(command);
  const url = (repository: string) =>
    `ssh://${lab.target.user}@${lab.target.address}:${lab.target.port}${repository}`;

  test('[S84] lists and fetches without an ssh of its own', async () => {
    const repository = join(work, 'repository');
    const head = await makeRepository(repository);
    const listed = await run(['git', 'ls-remote', url(repository)], bridge.grant(lab.target, allowed));
    expect([listed.code, listed.stdout.toString().split('\t')[0]]).toEqual([0, head]);
    const clone = join(work, 'clone.git');
    const cloned = await run(
      ['git', 'clone', '--bare', url(repository), clone],
      bridge.grant(lab.target, allowed),
    );
    expect([cloned.code, cloned.stderr.includes('fatal')]).toEqual([0, false]);
    const kept = await run(['git', '-C', clone, 'rev-parse', 'main'], null);
    expect(kept.stdout.toString().trim()).toBe(head);
    expect(await spawnedSsh()).toBe(false);
  });

  test('and the canary sings where git runs ssh by itself', async () => {
    const outcome = await run(['git', 'ls-remote', url('/nowhere')], null);
    expect(outcome.code).not.toBe(0);
    expect(await spawnedSsh()).toBe(true);
  });

  async function makeRepository(path: string): Promise<string> {
    const git = (...words: string[]) =>
      run(['git', '-C', path, '-c', 'user.name=lab', '-c', 'user.email=lab@example.org', ...words], null);
    await mkdir(path);
    await git('init', '-q', '-b', 'main');
    for (let at = 0; at < 20; at += 1) {
      await writeFile(join(path, 'file'), `version ${at} ${'x'.repeat(10_000 + at)}`);
      await git('add', '.');
      await git('commit', '-q', '-m', `Change ${at}`);
    }
    return (await git('rev-parse', 'HEAD')).stdout.toString().trim();
  }
});

describe('the place of its socket', () => {
  test('may be a folder too deep for a socket, and is cleared of sockets of the dead', async () => {
    const deep = new Bridge(lab.pool, join(work, 'd'.repeat(120)));
    await deep.listen();
    expect((await viaHelper(deep.grant(lab.target, any), 'echo deep')).stdout.toString()).toBe('deep\n');
    await deep.close();
    const dead = join(work, 'sockets', 'bridge-0123456789ab.sock');
    await leaveDeadSocket(dead);
    const hourAgo = Date.now() / 1000 - 3600;
    await utimes(dead, hourAgo, hourAgo);
    const young = join(work, 'sockets', 'bridge-ba9876543210.sock');
    await leaveDeadSocket(young);
    const next = new Bridge(lab.pool, join(work, 'sockets'));
    await next.listen();
    const left = await readdir(join(work, 'sockets'));
    await next.close();
    expect(left).not.toContain('bridge-0123456789ab.sock');
    expect(left).toContain('bridge-ba9876543210.sock');
    expect(left).toHaveLength(3);
  });

  async function leaveDeadSocket(path: string): Promise<void> {
    const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    await run([process.execPath, '-e', script], null);
    expect((await stat(path)).isSocket()).toBe(true);
  }
});
