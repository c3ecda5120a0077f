import { expect, test } from 'vitest';
import { textOf } from './source.ts';

type Locked = { version?: string; integrity?: string; resolved?: string; link?: boolean };

const lock = JSON.parse(textOf('package-lock.json')) as { packages: Record<string, Locked> };
const own = JSON.parse(textOf('package.json')) as Record<string, Record<string, string>>;
const locked = Object.entries(lock.packages)
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({ name: path.slice(path.lastIndexOf('node_modules/') + 13), ...entry }));

/** Malware, or holes that let others run code; a version in the second column or older is refused. */
const malware = ['axios@1.14.1', 'axios@0.30.4'];
const neverAtAll = ['plain-crypto-js'];
const tooOld: Record<string, string> = {
  'simple-git': '4.0.0',
  ejs: '3.1.10',
  passport: '0.6.0',
  mysql2: '3.9.7',
  knex: '2.4.0',
};

test('[S90] no package that is known to do harm is installed', () => {
  const bad = locked.filter(
    ({ name, version = '' }) =>
      neverAtAll.includes(name) ||
      malware.includes(`${name}@${version}`) ||
      (name in tooOld && older(version, tooOld[name] ?? '')),
  );
  expect(bad).toEqual([]);
});

test('[S90] versions are compared as numbers', () => {
  expect(older('3.9.6', '3.9.7')).toBe(true);
  expect(older('3.10.0', '3.9.7')).toBe(false);
  expect(older('4.0.0', '4.0.0')).toBe(false);
});

test('[S90] [S91] every locked package carries its checksum, and none names where it is fetched from', () => {
  expect(locked.length).toBeGreaterThan(100);
  expect(locked.filter(({ integrity }) => !integrity?.startsWith('sha512-'))).toEqual([]);
  expect(locked.filter(({ resolved, link }) => resolved || link)).toEqual([]);
});

test('package.json asks for exact versions, and the lock file has them', () => {
  const wanted = { ...own.dependencies, ...own.devDependencies };
  const loose = Object.entries(wanted).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
  expect(loose).toEqual([]);
  const other = Object.entries(wanted).filter(
    ([name, version]) => lock.packages[`node_modules/${name}`]?.version !== version,
  );
  expect(other).toEqual([]);
});

test('[S90] no package may run a script when it is installed', () => {
  expect(textOf('.npmrc').split('\n')).toContain('ignore-scripts=true');
});

function older(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split(/[.-]/).map(Number));
  const place = [0, 1, 2].find((index) => left?.[index] !== right?.[index]);
  return place !== undefined && (left?.[place] ?? 0) < (right?.[place] ?? 0);
}

/** Names that differ from a name of ours in one letter, or in nothing but their signs, pose as it. */
function poses(name: string, as: string): boolean {
  if (name === as || name.startsWith('@') || as.startsWith('@')) return false;
  const plain = (text: string) => text.toLowerCase().replace(/[-_.]/g, '');
  if (plain(name) === plain(as)) return true;
  return as.length > 4 && oneApart(name, as);
}

function oneApart(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false;
  const start = [...one].findIndex((letter, index) => letter !== other[index]);
  const at = start < 0 ? one.length : start;
  const rests = [one.slice(at), one.slice(at + 1)].flatMap((left) =>
    [other.slice(at), other.slice(at + 1)].map((right) => [left, right]),
  );
  const swapped =
    one[at] === other[at + 1] && one[at + 1] === other[at] && one.slice(at + 2) === other.slice(at + 2);
  return swapped || rests.some(([left, right]) => left === right);
}

/** Old acquaintances whose names lie near one another. */
const knownTwins = new Set<string>(['bind']);

test('[S91] no locked package poses as one that we ask for', () => {
  const wanted = Object.keys({ ...own.dependencies, ...own.devDependencies });
  const near = locked.filter(
    ({ name }) => !knownTwins.has(name) && wanted.some((other) => poses(name, other)),
  );
  expect(near.map(({ name }) => name)).toEqual([]);
  for (const name of ['expres', 'expresss', 'exprses', 'simplegit', 'simple_git', 'axois', 'passportt'])
    expect(
      wanted.some((other) => poses(name, other)),
      name,
    ).toBe(true);
});

test('[S91] the configuration of npm names no other place, and no package comes from one', () => {
  expect(textOf('.npmrc')).not.toMatch(/registry=|_auth|https?:/i);
  const wanted = Object.entries({ ...own.dependencies, ...own.devDependencies });
  expect(wanted.filter(([, version]) => /[:/]/.test(version))).toEqual([]);
  expect(textOf('package-lock.json')).not.toMatch(/"resolved"|git\+|"file:|https?:\/\/[^"]*\.tgz/);
});
