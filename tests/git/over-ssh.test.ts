import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type GitServer, Mirrors } from '../../src/git/mirrors.ts';
import { Bridge } from '../../src/shells/ssh/bridge.ts';
import type { Target } from '../../src/shells/ssh/target.ts';
import { type Lab, startLab, until } from '../shells/ssh/lab.ts';
import { TestRepository } from './repository.ts';

let lab: Lab;
let bridge: Bridge;
let sockets: string;
let top: string;
let repo: TestRepository;
let commands: string[];
let target: Target;

beforeAll(async () => {
  lab = await startLab();
  sockets = mkdtempSync(join(tmpdir(), 'git-bridge-'));
  bridge = new Bridge(lab.pool, sockets);
  await bridge.listen();
});
afterAll(async () => {
  await bridge.close();
  await lab.stop();
  rmSync(sockets, { recursive: true });
});
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'git-ssh-'));
  repo = new TestRepository(join(top, 'repo'));
  commands = [];
  target = lab.target;
});
afterEach(() => rmSync(top, { recursive: true }));

function make(): Mirrors {
  const ssh = async (_: GitServer, allowed: (command: string) => boolean) =>
    bridge.grant(target, (command) => {
      commands.push(command);
      return allowed(command);
    });
  return new Mirrors({ dir: join(top, 'mirrors'), gitSeconds: 20, allowInsecure: false, ssh });
}

const url = () => `ssh://${lab.target.user}@${lab.target.address}:${lab.target.port}${repo.dir}`;

it('fetches over the pinned connection, with exactly one command and no ssh binary [S84]', async () => {
  const commit = repo.commit('first', { a: '1' });
  repo.git('tag', '-a', 'v1', '-m', 'x');
  mkdirSync(join(top, 'bin'));
  writeFileSync(join(top, 'bin/ssh'), `#!/bin/sh\n: >${top}/canary\nexit 255\n`);
  chmodSync(join(top, 'bin/ssh'), 0o755);
  const path = process.env.PATH;
  process.env.PATH = `${join(top, 'bin')}:${path}`;
  const mirrors = make();
  await mirrors.fetch(url());
  await mirrors.fetch(url());
  process.env.PATH = path;
  expect((await mirrors.resolve(url(), 'v1')).commit).toBe(commit);
  await mirrors.checkout(url(), commit, join(top, 'out'));
  expect(existsSync(join(top, 'out/a'))).toBe(true);
  expect(existsSync(join(top, 'canary'))).toBe(false);
  expect(commands).toEqual([`git-upload-pack '${repo.dir}'`, `git-upload-pack '${repo.dir}'`]);
});

it('authenticates to nobody whose key is not the pinned one [S83]', async () => {
  repo.commit('first', { a: '1' });
  target = { ...lab.target, hostKey: lab.target.hostKey.replace(/.{8}$/, 'AAAAAAAA') };
  const before = lab.sshd.log().length;
  await expect(make().fetch(url())).rejects.toMatchObject({ code: 'git_host_key' });
  await until('sshd sees us go', () => lab.sshd.log().slice(before).includes('[preauth]'));
  expect(lab.sshd.log().slice(before)).not.toMatch(/publickey|Accepted|Failed|user/);
});

it('tells that there is no such repository', async () => {
  const fetch = make().fetch(`ssh://${lab.target.user}@${lab.target.address}:${lab.target.port}/no/such`);
  await expect(fetch).rejects.toMatchObject({ code: 'git_missing' });
});
