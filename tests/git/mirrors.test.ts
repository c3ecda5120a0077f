import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeManifest } from '../../src/builds/manifest.ts';
import { Mirrors } from '../../src/git/mirrors.ts';
import { TestRepository } from './repository.ts';

let top: string;
let repo: TestRepository;
let mirrors: Mirrors;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'mirrors-'));
  repo = new TestRepository(join(top, 'repo'));
  const ssh = () => Promise.reject(new Error('no ssh here'));
  mirrors = new Mirrors({ dir: join(top, 'mirrors'), gitSeconds: 30, allowInsecure: true, ssh });
});
afterEach(() => rmSync(top, { recursive: true }));

describe('Mirrors', () => {
  it('lists branches and tags, the newest first, with the commits that they stand for', async () => {
    const first = repo.commit('first', { a: '1' });
    repo.git('tag', '-a', 'v1', '-m', 'annotated');
    repo.git('branch', 'feature/登录');
    const second = repo.commit('second', { a: '2' });
    repo.git('tag', 'light');
    repo.git('tag', 'of-a-tree', 'HEAD^{tree}');
    await mirrors.fetch(repo.url);
    const { branches, tags } = await mirrors.refs(repo.url);
    expect(branches.map(({ name, commit }) => [name, commit])).toEqual([
      ['main', second],
      ['feature/登录', first],
    ]);
    expect(tags.map(({ name, commit }) => [name, commit])).toEqual([
      ['light', second],
      ['v1', first],
    ]);
    expect(new Date(branches[0]?.at ?? 0).toISOString()).toMatch(/^2026-11-23T10:/);
  });

  it('resolves a branch before a tag, a tag, and a commit by its name or its beginning', async () => {
    const first = repo.commit('first: naïve ✓', { a: '1' });
    repo.git('tag', '-a', 'both', '-m', 'x');
    const second = repo.commit('second', { a: '2' });
    repo.git('branch', 'both');
    repo.git('tag', 'v1.0', first);
    await mirrors.fetch(repo.url);
    const resolve = async (ref: string) => {
      const { kind, commit } = await mirrors.resolve(repo.url, ref);
      return [kind, commit];
    };
    expect(await resolve('both')).toEqual(['branch', second]);
    expect(await resolve('v1.0')).toEqual(['tag', first]);
    expect(await resolve(first)).toEqual(['commit', first]);
    expect(await resolve(first.slice(0, 8))).toEqual(['commit', first]);
    expect(await mirrors.resolve(repo.url, 'v1.0')).toMatchObject({
      subject: 'first: naïve ✓',
      author: 'Zoë',
    });
    for (const ref of ['no-such', 'bot', 'f'.repeat(40), '0000000', 'abc'])
      await expect(mirrors.resolve(repo.url, ref)).rejects.toThrow('git_ref_gone');
  });

  it('does not take a branch below a name for that name', async () => {
    repo.commit('first', { a: '1' });
    repo.git('branch', 'feature/x');
    await mirrors.fetch(repo.url);
    await expect(mirrors.resolve(repo.url, 'feature')).rejects.toThrow('git_ref_gone');
  });

  it.each(['--output=/tmp/C', '--upload-pack=touch C', 'a..b', 'HEAD', 'refs/heads/main', 'x;id', '@{-1}'])(
    '[S39] refuses %s before git sees it',
    async (ref) => {
      repo.commit('first', { a: '1' });
      await mirrors.fetch(repo.url);
      await expect(mirrors.resolve(repo.url, ref)).rejects.toThrow('git_ref ');
      for (const bad of [ref, 'main', 'a'.repeat(39)]) {
        await expect(mirrors.commits(repo.url, null, bad, 5)).rejects.toThrow('git_commit ');
        await expect(mirrors.commits(repo.url, bad, 'a'.repeat(40), 5)).rejects.toThrow('git_commit ');
        await expect(mirrors.changedFiles(repo.url, null, bad)).rejects.toThrow('git_commit ');
        await expect(mirrors.checkout(repo.url, bad, join(top, 'out'))).rejects.toThrow('git_commit ');
      }
    },
  );

  it.each([
    'ext::sh -c touch% C',
    '--upload-pack=touch C',
    '/etc',
    'https://u:p@h/',
    'ssh://-oProxyCommand=x/y',
  ])('[S38] refuses %s before git sees it', async (url) => {
    await expect(mirrors.fetch(url)).rejects.toThrow('git_url');
    await expect(mirrors.refs(url)).rejects.toThrow('git_url');
  });

  it('takes files only where insecure addresses are allowed', async () => {
    const ssh = () => Promise.reject(new Error('no ssh here'));
    const strict = new Mirrors({ dir: join(top, 'mirrors'), gitSeconds: 30, allowInsecure: false, ssh });
    await expect(strict.fetch(repo.url)).rejects.toThrow('git_url');
  });

  it('tells the commits between two, both ways, and no more than asked for', async () => {
    const base = repo.commit('base', { a: '1' });
    repo.git('checkout', '--quiet', '-b', 'old');
    const gone = repo.commit('only in old', { b: '1' });
    repo.git('checkout', '--quiet', 'main');
    const one = repo.commit('one', { a: '2' });
    const two = repo.commit('two', { a: '3' });
    await mirrors.fetch(repo.url);
    const between = await mirrors.commits(repo.url, gone, two, 50);
    expect(between.in.map(({ commit, subject }) => [commit, subject])).toEqual([
      [two, 'two'],
      [one, 'one'],
    ]);
    expect(between.out.map(({ commit }) => commit)).toEqual([gone]);
    expect((await mirrors.commits(repo.url, null, two, 2)).in.map(({ commit }) => commit)).toEqual([
      two,
      one,
    ]);
    const unknown = await mirrors.commits(repo.url, 'f'.repeat(40), two, 50);
    expect([unknown.in.length, unknown.out.length]).toEqual([3, 0]);
    expect((await mirrors.commits(repo.url, base, base, 50)).in).toEqual([]);
  });

  it('tells the files that differ', async () => {
    const first = repo.commit('first', { a: '1', 'b c': '1', d: '1', 中文: '1' });
    const second = repo.commit('second', { a: '2', 'b c': null, 'new/e': '1', d: { link: 'a' } });
    await mirrors.fetch(repo.url);
    expect(await mirrors.changedFiles(repo.url, first, second)).toEqual([
      { status: 'M', path: 'a' },
      { status: 'D', path: 'b c' },
      { status: 'T', path: 'd' },
      { status: 'A', path: 'new/e' },
    ]);
    expect((await mirrors.changedFiles(repo.url, null, first)).map(({ path }) => path)).toEqual([
      ...['a', 'b c', 'd', '中文'],
    ]);
  });

  it('shows no control characters of subjects, authors and paths', async () => {
    const commit = repo.commit('evil \x1b[2J \u202e subject', { 'a\x07b': '1' });
    await mirrors.fetch(repo.url);
    expect(await mirrors.resolve(repo.url, 'main')).toMatchObject({
      subject: 'evil \ufffd[2J \ufffd subject',
    });
    expect(await mirrors.changedFiles(repo.url, null, commit)).toEqual([{ status: 'A', path: 'a\ufffdb' }]);
  });

  it('bears a repository without any commit', async () => {
    await mirrors.fetch(repo.url);
    expect(await mirrors.refs(repo.url)).toEqual({ branches: [], tags: [] });
    await expect(mirrors.resolve(repo.url, 'main')).rejects.toThrow('git_ref_gone');
  });
});

describe('checkout (R49)', () => {
  it('writes the same files with the same modes whatever our umask, and removes what was there', async () => {
    const commit = repo.commit('first', {
      'a b': '1',
      'bin/run': { exec: '#!/bin/sh\n' },
      l: { link: 'bin/run' },
    });
    await mirrors.fetch(repo.url);
    const dir = join(top, 'out');
    const manifests: string[] = [];
    for (const umask of [0o077, 0o002]) {
      const before = process.umask(umask);
      await mirrors.checkout(repo.url, commit, dir);
      process.umask(before);
      manifests.push((await makeManifest(dir)).text);
      repo.write(join(dir, 'left-by-a-build'), 'x');
    }
    expect(manifests[1]).toBe(manifests[0]);
    const modes = manifests[0]?.split('\n').map((line) => line.replace(/^[0-9a-f]{64}/, 'sum'));
    expect(modes).toEqual(['sum\t644\t1\ta b', 'sum\t755\t10\tbin/run', 'link\tbin/run\tl', '']);
    expect(readdirSync(top).sort()).toEqual(['mirrors', 'out', 'repo']);
  });

  it('writes several commits at once', async () => {
    const commits = [1, 2, 3, 4].map((number) => repo.commit(`c${number}`, { a: String(number) }));
    await mirrors.fetch(repo.url);
    const out = (index: number) => join(top, `out${index}`);
    await Promise.all(commits.map((commit, index) => mirrors.checkout(repo.url, commit, out(index))));
    const sizes = await Promise.all(commits.map((_, index) => makeManifest(out(index))));
    expect(new Set(sizes.map(({ hash }) => hash)).size).toBe(4);
  });

  it('says clearly that a commit is not there', async () => {
    repo.commit('first', { a: '1' });
    await mirrors.fetch(repo.url);
    const checkout = mirrors.checkout(repo.url, 'f'.repeat(40), join(top, 'out'));
    await expect(checkout).rejects.toThrow('git_commit_gone');
  });
});

describe('what moves meanwhile (R46)', () => {
  it('builds the pinned commit although its branch was forced elsewhere, moved or deleted', async () => {
    const pinned = repo.commit('pinned', { a: 'pinned' });
    repo.git('tag', 'v1');
    await mirrors.fetch(repo.url);
    repo.git('checkout', '--quiet', '--orphan', 'other');
    const other = repo.commit('rewritten', { a: 'rewritten' });
    repo.git('branch', '--force', 'main', other);
    repo.git('tag', '--force', 'v1', other);
    await mirrors.fetch(repo.url);
    expect((await mirrors.resolve(repo.url, 'main')).commit).toBe(other);
    expect((await mirrors.resolve(repo.url, 'v1')).commit).toBe(other);
    repo.git('branch', '-D', 'main');
    await mirrors.fetch(repo.url);
    await expect(mirrors.resolve(repo.url, 'main')).rejects.toThrow('git_ref_gone');
    await mirrors.checkout(repo.url, pinned, join(top, 'out'));
    expect((await makeManifest(join(top, 'out'))).entries).toMatchObject([{ path: 'a', size: 6 }]);
  });

  it('bears a branch that becomes a folder of branches', async () => {
    repo.commit('first', { a: '1' });
    repo.git('branch', 'x');
    await mirrors.fetch(repo.url);
    repo.git('branch', '-D', 'x');
    repo.git('branch', 'x/y');
    await mirrors.fetch(repo.url);
    expect((await mirrors.refs(repo.url)).branches.map(({ name }) => name)).toContain('x/y');
  });
});
