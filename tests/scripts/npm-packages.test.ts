import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { reason } from '../../scripts/npm-packages.mjs';
import { root } from '../house/source.ts';

const wanted = {
  '': {},
  'node_modules/a': { version: '1.0.0' },
  'node_modules/tool': { version: '2.0.0', dev: true },
  'node_modules/only-elsewhere': { version: '3.0.0', optional: true },
};

test('our own node_modules is as it should be', () => {
  expect(reason(root, true)).toBeNull();
});

test('without node_modules everything is to be installed', () => {
  expect(reason(project(null), false)).toBe('node_modules is missing');
});

test('a package of another version makes it stale', () => {
  expect(reason(project({ 'node_modules/a': { version: '0.9.0' } }), false)).toBe(
    'node_modules/a is not at 1.0.0',
  );
});

test('tools of development are missed only where they are needed', () => {
  const dir = project({ 'node_modules/a': { version: '1.0.0' } });
  expect(reason(dir, false)).toBeNull();
  expect(reason(dir, true)).toBe('node_modules/tool is not at 2.0.0');
});

function project(present: object | null): string {
  const dir = mkdtempSync(join(tmpdir(), 'cedar-npm-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  mkdirSync(join(dir, 'node_modules'));
  if (present)
    writeFileSync(join(dir, 'node_modules/.package-lock.json'), JSON.stringify({ packages: present }));
  return dir;
}
