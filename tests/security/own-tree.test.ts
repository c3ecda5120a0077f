import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const git = (...args: string[]) =>
  execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });

/** What real secrets look like; the texts of tests are made so that none of them does. */
const secrets: [string, RegExp][] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/=\s]{200,}/],
  ['a key of AWS', /\bAKIA[0-9A-Z]{16}\b/],
  ['a token of GitHub', /\bgh[pousr]_[A-Za-z0-9]{36}\b/],
  ['a token of GitLab', /\bglpat-[A-Za-z0-9_-]{20}\b/],
  ['a token of npm', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['a password of npm', /_(authToken|auth|password)\s*=\s*\S{8,}/],
  ['a token of Slack', /\bxox[abprs]-[A-Za-z0-9-]{20,}/],
  ['a robot of DingTalk', /access_token=[0-9a-f]{64}/],
  ['a token of our own', /\bcdr_[A-Za-z0-9_-]{40,}/],
  ['a sealed value', /\bv1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}/],
];

const found = (text: string) => secrets.filter(([, shape]) => shape.test(text)).map(([name]) => name);

test('[S74] the scan sees what it looks for', () => {
  const body = 'QUJD'.repeat(60);
  const samples = [
    `-----BEGIN OPENSSH PRIVATE ${'KEY'}-----\n${body}\n`,
    `AKIA${'A1'.repeat(8)}`,
    `ghp_${'a1'.repeat(18)}`,
    `glpat-${'a1'.repeat(10)}`,
    `npm_${'a1'.repeat(18)}`,
    `_auth${'Token'}=${'a1'.repeat(8)}`,
    `xoxb-${'a1'.repeat(12)}`,
    `access_token=${'a1'.repeat(32)}`,
    `cdr_${'a1'.repeat(22)}`,
    `v1.${'a1'.repeat(4)}.${'a1'.repeat(8)}.${'a1'.repeat(16)}`,
  ];
  expect(samples.flatMap(found)).toEqual(secrets.map(([name]) => name));
});

test('[S74] no file of the tree holds a secret, and no key, password or database lies in it', () => {
  const files = git('ls-files', '-z').split('\0').filter(Boolean);
  expect(files.length).toBeGreaterThan(500);
  const hits = files
    .filter((path) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile())
    .flatMap((path) => found(readFileSync(join(root, path), 'utf8')).map((what) => `${path}: ${what}`));
  expect(hits).toEqual([]);
  expect(
    files.filter((path) => /(^|\/)(id_\w+|\.env|secrets\.json|known_hosts)$|\.(pem|key|p12|db)$/.test(path)),
  ).toEqual([]);
});

test('[S74] no change of the history holds one', () => {
  const shapes = [
    'PRIVATE KEY-----$',
    'AKIA[0-9A-Z]{16}',
    'gh[pousr]_[A-Za-z0-9]{36}',
    'access_token=[0-9a-f]{64}',
  ];
  for (const shape of shapes) {
    const commits = git('log', '--all', '--format=%H', '-E', `-G${shape}`, '--', '.', ':!tests').trim();
    expect(commits, shape).toBe('');
  }
});
