import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ManifestCache } from '../../src/builds/manifest-cache.ts';

const dir = mkdtempSync(join(tmpdir(), 'cedar-manifests-'));
afterAll(() => rmSync(dir, { recursive: true }));

const hash = 'a'.repeat(64);
const textOf = (files: number) =>
  Array.from({ length: files }, (_, index) => `${hash}\t644\t1\tf${String(index).padStart(6, '0')}\n`).join(
    '',
  );

function written(name: string, files: number): string {
  const file = join(dir, name);
  writeFileSync(file, textOf(files));
  return file;
}

test('a manifest is read once, and again where its file was written to or went', async () => {
  const cache = new ManifestCache();
  const file = written('a', 2);
  const first = await cache.read(file);
  expect(first.entries).toHaveLength(2);
  expect(await cache.read(file)).toBe(first);
  written('a', 3);
  expect((await cache.read(file)).entries).toHaveLength(3);
  rmSync(file);
  await expect(cache.read(file)).rejects.toThrow('ENOENT');
  written('a', 2);
  expect((await cache.read(file)).entries).toHaveLength(2);
});

test('what is wrong stays wrong', async () => {
  const cache = new ManifestCache();
  const file = join(dir, 'b');
  writeFileSync(file, 'no manifest\n');
  for (let times = 0; times < 2; times++)
    await expect(cache.read(file)).rejects.toMatchObject({ code: 'manifest_text' });
});

test('those that were asked for longest ago make room', async () => {
  const cache = new ManifestCache();
  const files = ['c', 'd', 'e'].map((name) => written(name, 20_000));
  const [old, late] = [await cache.read(files[0]!), await cache.read(files[1]!)];
  await cache.read(files[2]!);
  expect(await cache.read(files[1]!)).toBe(late);
  expect(await cache.read(files[0]!)).not.toBe(old);
});
