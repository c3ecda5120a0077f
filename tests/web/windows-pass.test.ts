import { ulid } from 'ulid';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { launch } from '../../src/deploy/launch.ts';
import * as freezes from '../../src/store/freezes.ts';
import * as operations from '../../src/store/operations.ts';
import * as users from '../../src/store/users.ts';
import * as windows from '../../src/store/windows.ts';
import { program } from './api/programs.ts';
import { type Town, town } from './people.ts';
import { type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
let path: string;
beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  await t.grant({ config: true, deploy: true });
  path = `/projects/${shop.online.key}`;
});
afterAll(() => t.end());
afterEach(async () => {
  for (const { id } of await windows.all(t.db)) await windows.remove(t.db, id);
  await t.db('locks').delete();
});

/** A window that opens in 2036, at a moment that the pages tell. */
function close(): Promise<string> {
  const scope = { kind: 'environment', id: 'online' } as const;
  return windows.add(t.db, { scope, zone: 'UTC', hours: '', extra: '2036-01-02 10:00-11:00' });
}

const order = (more: Record<string, string> = {}) => ({
  ...{ kind: 'deploy', hosts: shop.hostIds, ref: 'main', idempotencyKey: ulid() },
  ...more,
});
const passedOf = async (id: string) => (await operations.byId(t.db, id))?.admission?.passed ?? null;
const idIn = (location: string | undefined) => location?.split('/').at(-1) ?? '';

test('without a window the deploy page says nothing of it', async () => {
  const { text } = await t.member.get(path);
  expect(text).not.toContain('What stands in the way');
  expect(text).not.toContain('name="pass"');
});

test('[S30] the deploy page tells an open window and its end', async () => {
  const scope = { kind: 'environment', id: 'online' } as const;
  const today = new Date().toISOString().slice(0, 10);
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const extra = `${today} 00:00-24:00\n${tomorrow} 00:00-24:00`;
  await windows.add(t.db, { scope, zone: 'UTC', hours: '', extra });
  const end = new Date(Date.parse(`${tomorrow}T00:00:00Z`) + 86_400_000).toISOString();
  for (const place of [path, `${path}/now`]) {
    const { text } = await t.member.get(place);
    expect(text).toMatch(/Open<\/a> until\s+<time datetime="/);
    expect(text).toContain(end);
  }
});

test('home tells whether the windows of my groups are open and until when, and freezes', async () => {
  expect((await t.member.get('/')).text).not.toContain('id="windows"');
  await close();
  const [from, to] = [Date.now() - 1e6, Date.parse('2036-01-02T10:30:00Z')];
  const scope = { kind: 'project', id: shop.test.id } as const;
  const freeze = await freezes.add(t.db, { scope, from, to, reason: 'stocktaking', by: 'Ada' });
  for (const place of ['/', '/home/now']) {
    const { text } = await t.member.get(place);
    expect(text).toMatch(/Closed until\s+<time datetime="2036-01-02T10:00:00.000Z"[\s\S]*online_shop/);
    expect(text).toContain('Frozen, project test_shop: stocktaking');
    expect(text).toContain('2036-01-02T10:30:00.000Z');
  }
  expect((await t.outsider.get('/')).text).not.toMatch(/stocktaking|online_shop/);
  await freezes.remove(t.db, freeze);
});

test('[S30] the deploy page tells a closed window and until when; an admin alone may give a reason', async () => {
  await close();
  const seen = (await t.member.get(path)).text;
  expect(seen).toMatch(/Closed<\/a> until\s+<time datetime="2036-01-02T10:00:00.000Z"/);
  expect(seen).toContain('(Deploy, Promote)');
  expect(seen).not.toContain('name="pass"');
  expect((await t.admin.get(path)).text).toContain('name="pass"');
  const plan = `${path}/plan?ref=${'a'.repeat(40)}&hosts=${shop.hostIds[0]}`;
  expect((await t.member.get(plan)).text).toContain('The window of online_shop is closed until 2 Jan 2036');
  expect((await t.member.get(plan)).text).not.toContain('name="pass"');
  expect((await t.admin.get(plan)).text).toContain('name="pass"');
});

test('[S30] a reason lets an admin pass on the deploy page, and nobody else', async () => {
  await close();
  const refused = await t.member.post(`${path}/operations`, order({ pass: 'let me' }));
  expect(refused.status).toBe(409);
  expect(refused.text).toContain('The window of online_shop is closed until');
  expect((await t.admin.post(`${path}/operations`, order({ reason: 'typed' }))).status).toBe(409);
  const begun = await t.admin.post(`${path}/operations`, order({ pass: 'on fire' }));
  expect(begun.status).toBe(303);
  expect(await passedOf(idIn(begun.headers.location))).toEqual({ gates: ['window'], reason: 'on fire' });
  const restart = await t.member.post(`${path}/operations`, order({ kind: 'restart' }));
  expect(restart.text).toContain('holds this project');
});

/** A deploy that stopped before it touched anything. */
async function stopped(): Promise<string> {
  const by = (await users.all(t.db)).find(({ username }) => username === 'member')!;
  const { id: projectId } = shop.online;
  const { id } = await launch(t.db, { kind: 'deploy', projectId, hostIds: shop.hostIds, by });
  await t.db('operations').where({ id }).update({ state: 'failed', finished_at: Date.now() });
  await t.db('locks').delete();
  return id;
}

test('[S30] a resume outside the window is refused, and an admin may give the reason there', async () => {
  const resume = `/operations/${await stopped()}/resume`;
  await close();
  const form = { idempotencyKey: ulid() };
  const refused = await t.member.post(resume, form);
  expect(refused.status).toBe(409);
  expect(refused.text).not.toContain('name="pass"');
  const asked = await t.admin.post(resume, form);
  expect(asked.status).toBe(409);
  expect(asked.text).toContain(`action="${resume}"`);
  expect(asked.text).toContain(`value="${form.idempotencyKey}"`);
  const begun = await t.admin.post(resume, { ...form, pass: 'half is out' });
  expect(begun.status).toBe(303);
  expect(await passedOf(idIn(begun.headers.location))).toEqual({ gates: ['window'], reason: 'half is out' });
});

test('[S30] a program passes with the reason of its admin alone', async () => {
  await close();
  const url = `/api/v1${path}/operations`;
  const scopes = ['deploy' as const];
  const [member, admin] = [await program(t, { of: 'member', scopes }), await program(t, { scopes })];
  const refused = await member.post(url, { kind: 'deploy', pass: 'let me' });
  expect(refused.status).toBe(409);
  expect(refused.body).toMatchObject({ code: 'window_closed', detail: { project: 'online_shop' } });
  expect(refused.body.title).toContain('2036-01-02T10:00:00.000Z');
  expect((await admin.post(url, { kind: 'deploy' })).status).toBe(409);
  const begun = await admin.post(url, { kind: 'deploy', pass: 'on fire' });
  expect(begun.status).toBe(202);
  expect(await passedOf(begun.body.id)).toEqual({ gates: ['window'], reason: 'on fire' });
});
