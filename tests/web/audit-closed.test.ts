import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from '../../src/deploy/launch.ts';
import { unlock } from '../../src/deploy/unlock.ts';
import { Browser, password, type Town, town } from './people.ts';
import { type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
let memberId: string;
const by = { id: 'someone', username: 'ada', displayName: 'Ada' };

beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  memberId = (await t.db('users').where({ username: 'member' }).first('id')).id;
});
afterAll(() => t.end());

/** The database takes no row of the trail, as where its disk is full. */
async function whileFull(deed: () => Promise<unknown>): Promise<void> {
  await t.db.raw(
    "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
  );
  try {
    await deed();
  } finally {
    await t.db.raw('DROP TRIGGER full');
  }
}

/** All that the database holds, but for sessions. */
async function everything(): Promise<string> {
  const tables: { name: string }[] = await t.db('sqlite_master').where({ type: 'table' }).select('name');
  const kept = tables.filter(({ name }) => name !== 'sessions');
  return JSON.stringify(await Promise.all(kept.map(async ({ name }) => [name, await t.db(name)])), null, 1);
}

type Deed = [string, () => string, () => Record<string, string | string[]>];
const deeds: Deed[] = [
  [
    'giving a grant',
    () => `/people/${memberId}/grants`,
    () => ({ deploy: [t.groupId], config: [t.groupId] }),
  ],
  ['making an admin', () => `/people/${memberId}/role`, () => ({ role: 'admin' })],
  ['disabling somebody', () => `/people/${memberId}/disable`, () => ({})],
  ['adding a group', () => '/groups', () => ({ name: 'new', notes: '' })],
  ['renewing the secret of a webhook', () => '/projects/test_shop/webhooks/secret', () => ({})],
];

test.each(deeds)('[S94] %s fails closed where the trail cannot be written', async (_name, path, form) => {
  const before = await everything();
  await whileFull(async () => {
    const answer = await t.admin.post(path(), form());
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('disk is full');
  });
  expect(await everything()).toBe(before);
  const answer = await t.admin.post(path(), form());
  expect([answer.status < 400, (await everything()) === before]).toEqual([true, false]);
});

test('[S94] signing in fails closed', async () => {
  const browser = new Browser(t.app);
  await whileFull(async () => {
    const answer = await browser.post('/sign-in', { username: 'outsider', password }, '/sign-in');
    expect(answer.status).toBe(500);
  });
  await browser.get('/profile').expect(303);
  await browser.signIn('outsider');
  await browser.get('/profile').expect(200);
});

test('[S94] launching and unlocking fail closed', async () => {
  const request = { kind: 'restart', projectId: shop.online.id, hostIds: shop.hostIds, by } as const;
  const empty = await everything();
  await whileFull(() => expect(launch(t.db, request)).rejects.toThrow(/disk is full/));
  expect(await everything()).toBe(empty);
  const { id } = await launch(t.db, request);
  const held = await everything();
  await whileFull(() => expect(unlock(t.db, id, by, 'it hangs')).rejects.toThrow(/disk is full/));
  expect(await everything()).toBe(held);
});
