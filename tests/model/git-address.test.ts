import { describe, expect, it } from 'vitest';
import { CedarError } from '../../src/errors.ts';
import { parseGitUrl } from '../../src/model/git-address.ts';

const strict = { allowInsecure: false };
const open = { allowInsecure: true, allowLoopback: true };

function reason(text: string, rules = strict): unknown {
  try {
    return parseGitUrl(text, rules).url;
  } catch (error) {
    if (error instanceof CedarError && error.code === 'git_url') return error.detail.reason;
    throw error;
  }
}

describe('parseGitUrl', () => {
  it.each([
    ['https://Git.Example.com/team/shop.git', 'https://git.example.com/team/shop.git', 'git.example.com:443'],
    ['https://git.example.com:443/team/shop', 'https://git.example.com/team/shop', 'git.example.com:443'],
    ['https://git.example.com:8443/a', 'https://git.example.com:8443/a', 'git.example.com:8443'],
    [
      'ssh://git@git.example.com/team/shop.git',
      'ssh://git@git.example.com/team/shop.git',
      'git.example.com:22',
    ],
    ['ssh://git@10.0.0.7:2222/srv/git/a.git', 'ssh://git@10.0.0.7:2222/srv/git/a.git', '10.0.0.7:2222'],
    ['ssh://[fd00::1]:2222/a', 'ssh://[fd00::1]:2222/a', '[fd00::1]:2222'],
    ['git@github.com:team/shop.git', 'git@github.com:team/shop.git', 'github.com:22'],
  ])('takes %s', (text, url, server) => {
    expect(parseGitUrl(text, strict)).toMatchObject({ url, server });
  });

  it('knows what the server is asked for', () => {
    expect(parseGitUrl('git@h.example:team/shop.git', strict)).toMatchObject({
      user: 'git',
      path: 'team/shop.git',
    });
    expect(parseGitUrl('ssh://h.example/srv/a.git', strict)).toMatchObject({ user: '', path: '/srv/a.git' });
    expect(parseGitUrl('ssh://h.example/~zoe/a.git', strict).path).toBe('~zoe/a.git');
  });

  it('takes http, file and loopback only where they are allowed', () => {
    expect(reason('http://git.example.com/a')).toBe('insecure');
    expect(reason('file:///srv/git/a.git')).toBe('insecure');
    expect(reason('ssh://git@127.0.0.1/a')).toBe('host');
    expect(reason('http://git.example.com/a', open)).toBe('http://git.example.com/a');
    expect(reason('file:///srv/git/a.git', open)).toBe('file:///srv/git/a.git');
    expect(reason('ssh://git@127.0.0.1:2222/a', open)).toBe('ssh://git@127.0.0.1:2222/a');
  });

  it.each([
    'ext::sh -c touch% C',
    '--upload-pack=touch C;git-upload-pack',
    '-u./x',
    'file:///etc',
    '/abs/path',
    './relative',
    'http://169.254.169.254/latest',
    'https://169.254.169.254/latest',
    'ssh://-oProxyCommand=touch/x',
    'ssh://git@-oProxyCommand=touch/x',
    'git@-oProxyCommand=x:y',
    '-oProxyCommand=x@host:y',
    'https://u:p@host.example/a',
    'https://token@host.example/a',
    'ssh://u:p@host.example/a',
    'git://host.example/a',
    'ftp://host.example/a',
    'git+ssh://host.example/a',
    'https://host.example',
    'https:///a',
    'https://host.example/a b',
    'https://host.example/a\nb',
    'https://host.example/a?x=1',
    'https://host.example/a#x',
    'https://host.example/%2e%2e/a',
    'https://host.example/../a',
    'https://host.example/a//b',
    'https://host.example:0/a',
    'https://host.example:99999/a',
    'https://host.example:8x/a',
    'https://127.1/a',
    'https://2130706433/a',
    'https://localhost/a',
    'https://[::1]/a',
    'https://[::1%25eth0]/a',
    'https://a@b@host.example/a',
    'ssh://git@host.example/-x/a',
    'git@host.example:-x',
    'git@host.example:../a',
    "git@host.example:a';id;'",
    'git@host.example:$(id)',
    'git@host:a:b',
    'host.example:a',
    '',
    `https://host.example/${'a'.repeat(500)}`,
  ])('[S38] refuses %j', (text) => {
    expect(() => parseGitUrl(text, strict)).toThrow('git_url');
  });

  it('names credentials as such, because there is a remedy', () => {
    expect(reason('https://u:p@host.example/a')).toBe('credentials');
    expect(reason('https://token@host.example/a')).toBe('credentials');
  });

  it('[S53] judges 100 KB at once', () => {
    const start = performance.now();
    for (const text of [`https://${'a'.repeat(1e5)}!`, `${'a'.repeat(1e5)}@b:c`, `ssh://${'@'.repeat(1e5)}`])
      expect(reason(text)).toBe('shape');
    expect(performance.now() - start).toBeLessThan(50);
  });
});
