import { beforeAll, expect, it } from 'vitest';
import { GatheredWrites } from '../../src/deploy/gathered-writes.ts';
import { CedarError } from '../../src/errors.ts';
import type { Db } from '../../src/store/database.ts';
import { LeaseLost } from '../../src/store/journal.ts';
import type { Lease } from '../../src/store/locks.ts';
import { freshDatabase } from '../lab/database.ts';

let db: Db;
const lease: Lease = { projectId: 'p', operationId: 'o', owner: 'w', fence: 7 };

beforeAll(async () => {
  ({ db } = await freshDatabase());
  await db('locks').insert({
    project_id: 'p',
    operation_id: 'o',
    owner: 'w',
    fence: 7,
    expires_at: Date.now(),
  });
});

const key = (name: string) => db('facts').where({ name }).first();
const put = (name: string) => async (trx: Db) => {
  await trx('facts').insert({ name, value: '1' });
  return name;
};

it('shares commits between writes that come together, and keeps their order', async () => {
  let commits = 0;
  db.on('query', ({ sql }: { sql: string }) => {
    if (/^COMMIT/i.test(sql)) commits += 1;
  });
  const writes = new GatheredWrites(db, lease, new AbortController().signal);
  const names = Array.from({ length: 20 }, (_, index) => `many-${index}`);
  expect(await Promise.all(names.map((name) => writes.write(put(name))))).toEqual(names);
  expect(commits).toBeLessThanOrEqual(3);
  for (const name of names) expect(await key(name)).toBeDefined();
});

it('lets one that is refused spoil none of the others', async () => {
  const writes = new GatheredWrites(db, lease, new AbortController().signal);
  const refuse = async (trx: Db) => {
    await put('refused')(trx);
    throw new CedarError('no', {}, 422);
  };
  const all = await Promise.allSettled([
    ...[writes.write(put('first')), writes.write(put('second'))],
    ...[writes.write(refuse), writes.write(put('third'))],
  ]);
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(await key('third')).toBeDefined();
  expect(await key('refused')).toBeUndefined();
});

it('writes nothing at all once the lease is another worker’s', async () => {
  const writes = new GatheredWrites(db, { ...lease, fence: 6 }, new AbortController().signal);
  const all = await Promise.allSettled([writes.write(put('late')), writes.write(put('later'))]);
  for (const one of all) expect(one).toMatchObject({ status: 'rejected', reason: expect.any(LeaseLost) });
  expect(await key('late')).toBeUndefined();
});
