import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureSetupLink } from '../../src/web/setup-link.ts';
import { Browser, password, type Town, town } from './people.ts';

let t: Town;
beforeEach(async () => {
  t = await town({}, undefined, { signedIn: false });
  await t.db('grants').delete();
  await t.db('users').delete();
});
afterEach(() => t.end());

const form = { username: 'root', displayName: 'The Admin', password, again: password };
const fresh = async () => new URL((await ensureSetupLink(t.db, 'http://127.0.0.1:8400')) ?? '').pathname;

test('[S7] the first start leads to an admin who is signed in', async () => {
  const browser = new Browser(t.app);
  expect((await browser.get('/sign-in')).text).toContain('There is no administrator yet.');
  const path = await fresh();
  const answer = await browser.post(path, form, path);
  expect(answer.headers.location).toBe('/');
  const home = (await browser.get('/')).text;
  for (const step of ['Steps to the first deploy', 'Add an environment']) expect(home).toContain(step);
  const adding = (await browser.get('/projects/new')).text;
  expect(adding).toContain('runs in an environment: add both first');
  expect((await t.db('users').first()).role).toBe('admin');
  expect(await t.db('audit').where({ action: 'user.setup', actor: 'root' })).toHaveLength(1);
  expect(await ensureSetupLink(t.db, 'http://127.0.0.1:8400')).toBeNull();
});

test('[S7] the link works once, for a day, and its token is not in the database', async () => {
  const path = await fresh();
  const token = path.split('/').at(-1) ?? '';
  expect(JSON.stringify(await t.db('one_time_links'))).not.toContain(token);
  await new Browser(t.app).post(path, form, path);
  expect((await t.nobody.get(path)).status).toBe(404);
  await t.db('users').delete();
  const late = await fresh();
  await t.db('one_time_links').update({ expires_at: Date.now() - 1 });
  expect((await t.nobody.get(late)).status).toBe(404);
});

test('two people with the link make one admin', async () => {
  const path = await fresh();
  const answers = await Promise.all(
    ['first', 'second'].map((username) => new Browser(t.app).post(path, { ...form, username }, path)),
  );
  expect(answers.map((answer) => answer.status).sort()).toEqual([303, 404]);
  expect(await t.db('users')).toHaveLength(1);
});

test('a weak password comes back at its field, and the link still works', async () => {
  const path = await fresh();
  const answer = await t.nobody.post(path, { ...form, password: 'root', again: 'root' }, path);
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('At least 12 characters.');
  expect((await t.nobody.get(path)).status).toBe(200);
});

test('a restart ends the older link', async () => {
  const older = await fresh();
  await fresh();
  expect((await t.nobody.get(older)).status).toBe(404);
});
