import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unlock } from '../../src/deploy/unlock.ts';
import { metricsOf } from '../../src/model/delivery-metrics.ts';
import { deliverySums } from '../../src/store/delivery-numbers.ts';
import * as journal from '../../src/store/journal.ts';
import { weekly } from '../../src/store/weekly-counts.ts';
import { weekStarts } from '../../src/web/weeks.ts';
import { type Town, town } from './people.ts';
import { releaseOf, runIn, type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
const by = { id: ulid(), username: 'ada', displayName: 'Ada' };
beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
});
afterAll(() => t.end());

const measured = async () => metricsOf(await deliverySums(t.db, {}, 0), 28);
const asked = async (kind: string) =>
  (await weekly(t.db, {}, weekStarts(Date.now(), 4, 'UTC')))
    .filter((row) => row.kind === kind)
    .reduce((sum, { count }) => sum + count, 0);

test('an operation counts in its week when it is asked for, and in the metrics when it ends', async () => {
  const run = await runIn(t, shop, shop.online);
  expect([await asked('deploy'), (await measured()).ended]).toEqual([1, 0]);
  await run.finish('succeeded');
  expect(await measured()).toMatchObject({ ended: 1, deploys: 1, failures: 0 });
});

test('a failure is restored by the success that ends after it', async () => {
  await (await runIn(t, shop, shop.online)).finish('failed');
  expect(await measured()).toMatchObject({ ended: 2, failures: 1, restored: 0 });
  await (await runIn(t, shop, shop.online)).finish('succeeded');
  expect(await measured()).toMatchObject({ ended: 3, failures: 1, restored: 1 });
});

test('a deploy is failed once a rollback to another release has ended', async () => {
  const release = await releaseOf(t, shop.online);
  const back = { kind: 'rollback' as const, releaseId: release.id };
  const run = await runIn(t, shop, shop.online, back);
  expect(await measured()).toMatchObject({ failures: 1 });
  await run.finish('succeeded');
  expect(await measured()).toMatchObject({ ended: 3, failures: 2, restored: 2 });
  expect(await asked('rollback')).toBe(1);
});

test('what lost its lock failed', async () => {
  const { operation } = await runIn(t, shop, shop.online);
  await unlock(t.db, operation.id, by, 'it hangs');
  expect(await measured()).toMatchObject({ ended: 4, failures: 3, restored: 2 });
});

test('what is kept as done at once is judged in the same transaction', async () => {
  const { id } = (await runIn(t, shop, shop.test)).operation;
  await journal.recordSuccess(t.db, id);
  const row = await t.db('judged_deploys').where({ operation_id: id }).first();
  expect(Boolean(row?.succeeded)).toBe(true);
});
