import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../house/source.ts';

test('the last line counts, and a failure is told to the shell', () => {
  const mixed = runTests(
    "test('a', () => {}); test('b', () => { throw new Error('no'); }); test.skip('c', () => {});",
  );
  expect(mixed.lines.slice(-2)).toEqual(['1 skipped', '1 passed, 1 failed']);
  expect(mixed.status).toBe(1);
});

test('when all is well it says so', () => {
  const good = runTests("test('a', () => {}); test('b', () => {});");
  expect(good.lines.at(-1)).toBe('2 passed, 0 failed');
  expect(good.status).toBe(0);
});

test('a file that cannot be loaded has failed', () => {
  const broken = runTests("import './missing.ts'; test('a', () => {});");
  expect(broken.lines.at(-1)).toBe('0 passed, 1 failed');
  expect(broken.status).toBe(1);
});

test('a run without a single test has failed', () => {
  expect(runTests('').status).toBe(1);
});

function runTests(text: string): { lines: string[]; status: number | null } {
  const dir = mkdtempSync(join(tmpdir(), 'cedar-run-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  mkdirSync(join(dir, 'tests'));
  writeFileSync(join(dir, 'tests/some.test.ts'), text);
  const env = { ...process.env };
  // a vitest inside a vitest must not take itself for one of the outer one's workers
  for (const name of Object.keys(env)) if (/^VITEST|^TEST$|^NODE_ENV$/.test(name)) delete env[name];
  const words = [join(root, 'scripts/test.mjs'), '--root', dir, '--globals'];
  const { stdout, status } = spawnSync(process.execPath, words, { encoding: 'utf8', env });
  return { lines: stdout.trim().split('\n'), status };
}
