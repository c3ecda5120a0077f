import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { onCommit } from '../../src/store/commits.ts';
import { openDatabase } from '../../src/store/database.ts';
import { freshDatabase } from '../lab/database.ts';

const never = (why: Error) => {
  throw why;
};

test('who listens hears of what another connection writes, until it ends', async () => {
  const { settings } = await freshDatabase();
  const other = openDatabase(settings);
  let told = 0;
  const close = onCommit(settings, () => told++, never);
  await other('facts').insert({ name: 'a', value: '"b"' });
  await until('it was told', () => told > 0, 5000);
  close();
  const before = told;
  await other('facts').where({ name: 'a' }).del();
  await other.destroy();
  expect(told).toBe(before);
});

test('what is written may be seen only a moment later: it is told of again, and holds up no end', async () => {
  const { settings } = await freshDatabase();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let told = 0;
  const close = onCommit(settings, () => told++, never);
  try {
    const other = openDatabase(settings);
    await other('facts').insert({ name: 'c', value: '"d"' });
    await other.destroy();
    await until('it was told', () => told > 0, 5000);
    const atOnce = told;
    vi.advanceTimersByTime(100);
    expect(told).toBeGreaterThan(atOnce);
    const again = told;
    vi.advanceTimersByTime(900);
    expect(told).toBeGreaterThan(again);
  } finally {
    close();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  }
});

test('a database of its own machine is asked by the clock alone', () => {
  onCommit(
    { databaseUrl: 'mysql://db.example/cedar', dataDir: '/nowhere' },
    () => never(new Error('told')),
    never,
  )();
});

test('who cannot listen says why, and goes on', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'cedar-deaf-'));
  rmSync(dataDir, { recursive: true });
  const failures: Error[] = [];
  onCommit(
    { databaseUrl: '', dataDir },
    () => undefined,
    (why) => failures.push(why),
  )();
  expect(failures.map(({ message }) => message)).toEqual([expect.stringContaining('ENOENT')]);
});
