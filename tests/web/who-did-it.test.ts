import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Town, town } from './people.ts';
import { type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
});
afterAll(() => t.end());

const asAnother = { displayName: 'admin', language: '', theme: '', timeZone: '' };

test('the trail names the account, whatever somebody calls themselves', async () => {
  expect((await t.member.post('/profile', asAnother)).status).toBe(303);
  const form = { kind: 'deploy', hosts: shop.hostIds, ref: 'main', idempotencyKey: ulid() };
  const begun = await t.member.post(`/projects/${shop.test.key}/operations`, form);
  const path = String(begun.headers.location);
  const unlocked = await t.member.post(`${path}/unlock`, { reason: 'it hangs' });
  expect(unlocked.status).toBe(303);
  const rows = await t.db('audit').where('action', 'like', 'operation.%').select('*');
  expect(rows.map((row) => [row.action, row.actor])).toEqual([
    ['operation.deploy', 'member'],
    ['operation.unlock', 'member'],
  ]);
  for (const row of rows) expect(row.request_id).toMatch(/^[0-9a-f-]{36}$/);
});
