import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeManifest } from '../../src/builds/manifest.ts';
import { type GitServer, Mirrors } from '../../src/git/mirrors.ts';
import { processesWith } from '../builds/processes.ts';
import { TestRepository } from './repository.ts';

let top: string;
let repo: TestRepository;
let commit: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'git-days-'));
  repo = new TestRepository(join(top, 'repo'));
  commit = repo.commit('first', { a: '1', 'b/c': '2' });
});
afterEach(() => rmSync(top, { recursive: true }));

function make(gitSeconds = 30, program = 'false'): Mirrors {
  const ssh = async (_: GitServer) => ({ program, env: { GIT_SSH_VARIANT: 'ssh' }, revoke: () => undefined });
  return new Mirrors({ dir: join(top, 'mirrors'), gitSeconds, allowInsecure: true, ssh });
}

function mirrorDir(): string {
  const [name = ''] = readdirSync(join(top, 'mirrors')).filter((each) => each.endsWith('.git'));
  return join(top, 'mirrors', name);
}

async function works(mirrors: Mirrors): Promise<void> {
  await mirrors.fetch(repo.url);
  expect((await mirrors.resolve(repo.url, 'main')).commit).toBe(commit);
  await mirrors.checkout(repo.url, commit, join(top, 'out'));
  expect((await makeManifest(join(top, 'out'))).entries).toHaveLength(2);
}

describe('a git server that hangs or refuses (R44)', () => {
  async function served(answer: 'nothing' | 401, mirrors: Mirrors): Promise<unknown> {
    const server = createServer((_, response) => {
      if (answer === 401) response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.on('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.git`;
    const error = await mirrors.fetch(url).catch((thrown: unknown) => thrown);
    server.closeAllConnections();
    server.close();
    return error;
  }

  it('is given up at the deadline, and leaves no process', async () => {
    expect(await served('nothing', make(1))).toMatchObject({ code: 'git_deadline' });
    await expect.poll(() => processesWith(join(top, 'mirrors'))).toEqual([]);
    await works(make());
  });

  it('asks nobody for a password', async () => {
    expect(await served(401, make())).toMatchObject({ code: 'git_auth' });
  });

  it('is given up also behind ssh, with its helper', async () => {
    const helper = join(top, 'hangs');
    writeFileSync(helper, '#!/bin/sh\nsleep 300\n');
    chmodSync(helper, 0o755);
    await expect(make(1, helper).fetch('ssh://git@127.0.0.1:1/a')).rejects.toMatchObject({
      code: 'git_deadline',
    });
    await expect.poll(() => processesWith(helper)).toEqual([]);
  });

  it('can be abandoned', async () => {
    const helper = join(top, 'hangs');
    writeFileSync(helper, '#!/bin/sh\necho waiting >&2\nsleep 300\n');
    chmodSync(helper, 0o755);
    const abort = new AbortController();
    const listening = { signal: abort.signal, onOutput: () => abort.abort() };
    const fetch = make(30, helper).fetch('ssh://git@127.0.0.1:1/a', listening);
    await expect(fetch).rejects.toMatchObject({ code: 'git_aborted' });
  });

  it.each([
    ['http://127.0.0.1:1/a.git', 'git_unreachable'],
    ['file:///no/such/repository', 'git_missing'],
  ])('tells of %s as %s', async (url, code) => {
    await expect(make().fetch(url)).rejects.toMatchObject({ code });
  });
});

describe('what a killed git leaves behind (R45)', () => {
  it.each([
    'index.lock',
    'shallow.lock',
    'packed-refs.lock',
    'config.lock',
    'HEAD.lock',
    'refs/heads/main.lock',
  ])('clears %s', async (name) => {
    await works(make());
    commit = repo.commit('second', { a: '2' });
    repo.git('pack-refs', '--all');
    writeFileSync(join(mirrorDir(), name), '');
    await works(make());
    expect(existsSync(join(mirrorDir(), name))).toBe(false);
  });

  it('clears half-written packs', async () => {
    await works(make());
    const left = join(mirrorDir(), 'objects/pack/tmp_pack_AbC123');
    writeFileSync(left, 'half');
    await works(make());
    expect(existsSync(left)).toBe(false);
  });

  it.each([
    ['a pack cut off', () => objects('.pack').forEach((file) => void truncateSync(file, 20))],
    ['a pack emptied', () => objects('.pack').forEach((file) => void truncateSync(file, 0))],
    ['an index emptied', () => objects('.idx').forEach((file) => void truncateSync(file, 0))],
    [
      'a pack overwritten',
      () => objects('.pack').forEach((file) => void writeFileSync(file, Buffer.alloc(500, 7))),
    ],
    ['packs gone', () => objects('').forEach((file) => void rmSync(file, { force: true }))],
    ['HEAD gone', () => rmSync(join(mirrorDir(), 'HEAD'))],
    ['the configuration cut off', () => writeFileSync(join(mirrorDir(), 'config'), '[core')],
    ['the folder emptied', () => rmSync(join(mirrorDir(), 'objects'), { recursive: true })],
  ])('fetches anew after %s', async (_, harm) => {
    await works(make());
    harm();
    await works(make());
  });

  function objects(end: string): string[] {
    const dir = join(mirrorDir(), 'objects');
    const names = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((item) => item.isFile());
    for (const { name, parentPath } of names) chmodSync(join(parentPath, name), 0o644);
    const loose = names.filter(({ name }) => name.length === 38);
    return [...names.filter(({ name }) => name.endsWith(end)), ...loose].map(({ name, parentPath }) =>
      join(parentPath, name),
    );
  }

  it('reads the harmed copy again without being told to fetch', async () => {
    await works(make());
    rmSync(join(mirrorDir(), 'objects'), { recursive: true });
    expect((await make().resolve(repo.url, 'main')).commit).toBe(commit);
    rmSync(mirrorDir(), { recursive: true });
    await make().checkout(repo.url, commit, join(top, 'out'));
  });

  it('clears the first copy that was never finished', async () => {
    await works(make());
    const dir = mirrorDir();
    rmSync(dir, { recursive: true });
    mkdirSync(`${dir}.new/refs`, { recursive: true });
    await works(make());
    expect(existsSync(`${dir}.new`)).toBe(false);
  });
});

describe.skipIf(process.getuid?.() !== 0)('a full disk (R50)', () => {
  it('is told as such, and the next fetch works when there is room', async () => {
    const disk = join(top, 'mirrors');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', disk]);
    writeFileSync(join(repo.dir, 'big'), randomBytes(400_000));
    const big = repo.commit('big', {});
    const full = await make()
      .fetch(repo.url)
      .catch((error: unknown) => error);
    execFileSync('umount', ['--lazy', disk]);
    expect(full).toMatchObject({ code: 'git_disk_full' });
    await make().fetch(repo.url);
    expect((await make().resolve(repo.url, 'main')).commit).toBe(big);
  });
});

describe('several at once', () => {
  it('takes turns on one copy', async () => {
    await Promise.all(Array.from({ length: 6 }, () => make().fetch(repo.url)));
    await works(make());
  });

  it('waits for another process, and says so when that takes too long', async () => {
    await works(make());
    const other = spawn('flock', [`${mirrorDir()}.lock`, 'cat']);
    other.stdin.write('held');
    await once(other.stdout, 'data');
    await expect(make(1).fetch(repo.url)).rejects.toMatchObject({ code: 'git_busy' });
    const waiting = works(make());
    other.stdin.end();
    await waiting;
  });
});
