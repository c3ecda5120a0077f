import { expect, test } from 'vitest';
import * as seals from '../../src/store/audit-seals.ts';
import { verify } from '../../src/store/audit-verify.ts';
import { freshDatabase } from '../lab/database.ts';
import { fill } from '../lab/filled.ts';

/** More than three pages of the walk. */
const ROWS = 3300;

test('a long trail is verified a thousand rows at a time, whatever its length', async () => {
  const { db } = await freshDatabase();
  await fill(db, { projects: 3, operations: 0, audit: ROWS, until: Date.now() });
  const round = { leaseMs: 30_000, limit: 400, sealedAt: Date.now(), everywhere: true };
  while (((await seals.seal(db, 'sealer', round)) ?? 0) > 0);
  let most = 0;
  let asked = 0;
  db.on('query-response', (rows: unknown) => {
    asked++;
    if (Array.isArray(rows)) most = Math.max(most, rows.length);
  });
  expect(await verify(db)).toMatchObject({ head: { seq: ROWS }, unsealed: 0, bad: null });
  expect([most, asked > 4]).toEqual([1000, true]);
});
