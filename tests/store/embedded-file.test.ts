import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'cedar-modes-'));
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test('the embedded database belongs to its owner alone, even in a folder that others may read [S72]', async () => {
  chmodSync(dataDir, 0o755);
  const db = openDatabase({ databaseUrl: '', dataDir });
  await db.schema.createTable('some', (table) => table.integer('n'));
  const modes = readdirSync(dataDir).map((name) => [name, statSync(join(dataDir, name)).mode & 0o777]);
  await db.destroy();
  expect(modes.length).toBeGreaterThan(1);
  for (const [name, mode] of modes) expect(mode, String(name)).toBe(0o600);
});
