import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeManifest } from '../../src/builds/manifest.ts';
import { Mirrors } from '../../src/git/mirrors.ts';
import { TestRepository } from './repository.ts';

let top: string;
let repo: TestRepository;
let mirrors: Mirrors;
let canary: string;
let out: string;
let before: NodeJS.ProcessEnv;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'hostile-'));
  canary = join(top, 'canary');
  out = join(top, 'out');
  repo = new TestRepository(join(top, 'repo'));
  const ssh = () => Promise.reject(new Error('no ssh here'));
  mirrors = new Mirrors({ dir: join(top, 'mirrors'), gitSeconds: 30, allowInsecure: true, ssh });
  before = { ...process.env };
  layTraps();
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  rmSync(top, { recursive: true });
});

/** A machine whose own git configuration would run programs: filters, hooks, a monitor, a credential helper. */
function layTraps(): void {
  const touch = (name: string) => `touch ${canary}-${name}; cat`;
  const hooks = join(top, 'template/hooks');
  mkdirSync(hooks, { recursive: true });
  for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction', 'post-update'])
    writeFileSync(join(hooks, hook), `#!/bin/sh\ntouch ${canary}-${hook}\n`, { mode: 0o755 });
  const config = [
    `[filter "evil"]\n smudge = "${touch('smudge')}"\n clean = "${touch('clean')}"\n required = true`,
    `[filter "lfs"]\n smudge = "${touch('lfs')}"\n required = true`,
    `[core]\n hooksPath = ${hooks}\n fsmonitor = "touch ${canary}-monitor"`,
    `[credential]\n helper = "!touch ${canary}-credential"`,
    `[diff]\n external = "touch ${canary}-diff"`,
    `[init]\n templateDir = ${join(top, 'template')}`,
    '[submodule]\n recurse = true',
  ].join('\n');
  mkdirSync(join(top, 'home'));
  writeFileSync(join(top, 'home/.gitconfig'), config);
  Object.assign(process.env, { HOME: join(top, 'home'), GIT_TEMPLATE_DIR: join(top, 'template') });
}

const canaries = () => readdirSync(top).filter((name) => name.startsWith('canary'));

async function deploy(commit: string): Promise<void> {
  await mirrors.fetch(repo.url);
  await mirrors.resolve(repo.url, 'main');
  await mirrors.commits(repo.url, null, commit, 10);
  await mirrors.changedFiles(repo.url, null, commit);
  await mirrors.checkout(repo.url, commit, out);
}

const attributes = '* filter=evil\n*.bin filter=lfs diff=lfs merge=lfs\n';

describe('[S41] a hostile repository', () => {
  it('would spring the traps of a plain git', () => {
    repo.commit('first', { '.gitattributes': attributes, a: '1', 'b.bin': 'pointer' });
    execFileSync('git', ['clone', '--quiet', repo.dir, out], {
      env: { ...process.env, PATH: process.env.PATH },
    });
    expect(canaries()).toEqual(
      expect.arrayContaining(['canary-smudge', 'canary-lfs', 'canary-post-checkout']),
    );
  });

  it('runs no filter, hook, monitor or helper of the machine, and leaves LFS pointers as they are', async () => {
    const files = { '.gitattributes': attributes, a: '1', 'b.bin': 'version https://git-lfs\n' };
    await deploy(repo.commit('first', { ...files, '.lfsconfig': '[lfs]\n url = "ext::sh -c touch% C"\n' }));
    expect(canaries()).toEqual([]);
    expect((await makeManifest(out)).entries).toMatchObject([
      { path: '.gitattributes' },
      { path: '.lfsconfig' },
      { path: 'a' },
      { path: 'b.bin', size: 24 },
    ]);
  });

  it('follows no submodule', async () => {
    const evil = [
      '[submodule "x"]\n path = x\n url = -u./touch',
      `[submodule "y"]\n path = "y\\r"\n url = ext::sh -c "touch% ${canary}-ext"`,
      `[submodule "../../hooks"]\n path = z\n url = ${repo.dir}\n update = !touch ${canary}-update`,
    ].join('\n');
    const first = repo.commit('first', { '.gitmodules': evil, a: '1' });
    for (const path of ['x', 'z'])
      repo.git('update-index', '--add', '--cacheinfo', `160000,${first},${path}`);
    repo.git('commit', '--quiet', '-m', 'modules');
    await deploy(repo.git('rev-parse', 'HEAD'));
    expect(canaries()).toEqual([]);
    expect((await makeManifest(out)).entries.map(({ path }) => path)).toEqual(['.gitmodules', 'a']);
  });

  it.each(['.git', '.GIT', '.git ', 'git~1'])('writes nothing to a path %j', async (name) => {
    const blob = repo.gitWith('#!/bin/sh\ntouch canary\n', 'hash-object', '-w', '--stdin');
    const hooks = repo.gitWith(`100755 blob ${blob}\tpost-checkout\n`, 'mktree');
    const inner = repo.gitWith(`040000 tree ${hooks}\thooks\n`, 'mktree');
    const root = repo.gitWith(`040000 tree ${inner}\t${name}\n`, 'mktree');
    const commit = repo.git('commit-tree', '-m', 'evil', root);
    repo.git('update-ref', 'refs/heads/main', commit);
    await deploy(commit).catch((error: unknown) => expect(String(error)).toContain('invalid path'));
    expect(existsSync(join(out, '.git'))).toBe(false);
    expect(existsSync(join(out, 'hooks'))).toBe(false);
    expect(canaries()).toEqual([]);
  });

  it('writes nothing through a link that leads out', async () => {
    const outside = join(top, 'outside');
    mkdirSync(outside);
    const blob = repo.gitWith('owned', 'hash-object', '-w', '--stdin');
    const link = repo.gitWith(outside, 'hash-object', '-w', '--stdin');
    const inner = repo.gitWith(`100644 blob ${blob}\tfile\n`, 'mktree');
    const twice = `120000 blob ${link}\tdir\n040000 tree ${inner}\tdir\n`;
    const commit = repo.git('commit-tree', '-m', 'evil', repo.gitWith(twice, 'mktree'));
    repo.git('update-ref', 'refs/heads/main', commit);
    await deploy(commit).catch((error: unknown) => expect(String(error)).toContain('git_'));
    expect(readdirSync(outside)).toEqual([]);
  });

  it('lists no branch that could not be asked for, and takes none for an option', async () => {
    const commit = repo.commit('first', { a: '1' });
    for (const ref of ['refs/heads/--output=x', 'refs/heads/x;id', 'refs/tags/$(id)', 'refs/heads/-f'])
      repo.git('update-ref', ref, commit);
    await deploy(commit);
    const { branches, tags } = await mirrors.refs(repo.url);
    expect([...branches, ...tags].map(({ name }) => name)).toEqual(['main']);
    expect(canaries()).toEqual([]);
  });

  it('replaces no object by another', async () => {
    const good = repo.commit('good', { a: 'good' });
    const evil = repo.commit('evil', { a: 'evil!' });
    repo.git('replace', good, evil);
    await deploy(good);
    expect((await makeManifest(out)).entries).toMatchObject([{ path: 'a', size: 4 }]);
  });
});
