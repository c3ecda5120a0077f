import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { checkedCommit, checkedRef, isGitRef } from '../../src/model/git-ref.ts';

describe('isGitRef', () => {
  it.each([
    ...[
      'main',
      'feature/log-in',
      'v1.2.3',
      'release-2026.11',
      'fix/#12',
      'a@b',
      '功能/登录',
      'zoë',
      'a'.repeat(200),
    ],
    ...['0123456789abcdef0123456789abcdef01234567', 'refsheet', 'user/HEAD'],
  ])('takes %s, as git does', (ref) => {
    expect(isGitRef(ref)).toBe(true);
    execFileSync('git', ['check-ref-format', '--branch', ref]);
  });

  it.each([
    ...['--output=/tmp/C', '--upload-pack=touch C', '-f', 'a..b', '@{-1}', '@', 'HEAD', 'FETCH_HEAD'],
    ...[
      'refs/../x',
      'refs/heads/main',
      'refs',
      'x;id',
      'a b',
      '*',
      'a'.repeat(300),
      '',
      '/a',
      'a/',
      'a//b',
      '.a',
    ],
    ...[
      'a/.b',
      'a.lock',
      'a.lock/b',
      'a.',
      'a^',
      'a~1',
      'a:b',
      'a\\b',
      'a?b',
      'a[b',
      'a\nb',
      'a\0b',
      '$(id)',
    ],
    ...['a`id`', 'main@{1}', 'a|b', '\u202ea', 'a\u0085b'],
  ])('[S39] refuses %j', (ref) => {
    expect(isGitRef(ref)).toBe(false);
    expect(() => checkedRef(ref)).toThrow('git_ref');
  });

  it('[S53] judges 100 KB at once', () => {
    const start = performance.now();
    expect(isGitRef(`${'a/'.repeat(50_000)}!`)).toBe(false);
    expect(performance.now() - start).toBeLessThan(50);
  });
});

describe('checkedCommit', () => {
  it('takes forty hexadecimal digits and nothing else', () => {
    expect(checkedCommit('a'.repeat(40))).toBe('a'.repeat(40));
    for (const text of ['a'.repeat(39), 'A'.repeat(40), `${'a'.repeat(40)}\n`, 'main', ''])
      expect(() => checkedCommit(text)).toThrow('git_commit');
  });
});
