import { afterAll, beforeAll, expect, test } from 'vitest';
import { safeNext } from '../../src/web/next.ts';
import { Browser, password, type Town, town } from './people.ts';

let t: Town;
beforeAll(async () => {
  t = await town();
});
afterAll(() => t.end());

const tryOut = (username: string, secret: string, browser = new Browser(t.app)) =>
  browser.post('/sign-in', { username, password: secret }, '/sign-in');
const withoutTokens = (text: string) => text.replace(/[0-9a-f]{64}/g, '').replace(/value="[^"]*"/g, '');

test('a wrong password and an unknown name get the same answer, and both are remembered', async () => {
  const wrong = await tryOut('member', 'not the password');
  const unknown = await tryOut('member-too', 'not the password');
  expect(wrong.status).toBe(401);
  expect(unknown.status).toBe(401);
  expect(withoutTokens(wrong.text)).toBe(withoutTokens(unknown.text));
  expect(wrong.text).toContain('That username and password do not match.');
  const rows = await t.db('audit').where({ action: 'session.begin', result: 'refused' });
  expect(rows.map((row) => row.object)).toEqual(expect.arrayContaining(['user:member', 'user:member-too']));
});

test('the row of a sign-in names who came in, as the page of the audit shows it', async () => {
  expect((await tryOut('member', password)).status).toBe(303);
  const rows = await t.db('audit').where({ action: 'session.begin', object: 'user:member', result: 'ok' });
  expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set(['member']));
});

test('[S17] signing in needs a token of the session before it', async () => {
  const answer = await new Browser(t.app).agent
    .post('/sign-in')
    .type('form')
    .send({ username: 'member', password });
  expect(answer.status).toBe(403);
});

test('[S8] the eleventh attempt waits, even with the right password; other people do not', async () => {
  for (let i = 0; i < 10; i++) expect((await tryOut('outsider', `wrong ${i}`)).status).toBe(401);
  const late = await tryOut('outsider', password);
  expect(late.status).toBe(429);
  expect(Number(late.headers['retry-after'])).toBeGreaterThan(0);
  expect((await tryOut('member', password)).status).toBe(303);
});

test('[S8] wrong attempts from outside do not lock the account on the machine itself', async () => {
  const { app, end } = await town();
  const far = async (secret: string, from: string) => {
    const browser = new Browser(app);
    const page = await browser.get('/sign-in');
    const _csrf = /data-csrf="([^"]*)"/.exec(page.text)?.[1];
    const request = browser.agent.post('/sign-in').type('form').set('X-Forwarded-For', from);
    return request.send({ username: 'admin', password: secret, _csrf });
  };
  for (let i = 0; i < 10; i++) await far(`wrong ${i}`, `198.51.100.${i}`);
  expect((await far(password, '198.51.100.77')).status).toBe(429);
  expect((await tryOut('admin', password, new Browser(app))).status).toBe(303);
  await end();
});

test('[S11] only texts are taken as a name', async () => {
  const browser = new Browser(t.app);
  const page = await browser.get('/sign-in');
  const _csrf = /data-csrf="([^"]*)"/.exec(page.text)?.[1];
  for (const form of ['username[$ne]=1&password=x', 'username=a&username=b&password=x']) {
    const answer = await browser.agent.post('/sign-in').type('form').send(`${form}&_csrf=${_csrf}`);
    expect([400, 422]).toContain(answer.status);
  }
  const none = browser.agent.post('/sign-in').type('form').send(`username=a&password=&_csrf=${_csrf}`);
  expect((await none).status).toBe(401);
  const json = await browser.agent.post('/sign-in').send({ username: { $ne: 1 }, password: 'x', _csrf });
  expect(json.status).toBe(403);
});

test('a disabled account is nobody at once', async () => {
  const browser = await new Browser(t.app).signIn('member');
  await t.db('users').where({ username: 'member' }).update({ disabled_at: 1 });
  expect((await browser.get('/profile')).status).toBe(303);
  expect((await tryOut('member', password)).status).toBe(401);
  await t.db('users').where({ username: 'member' }).update({ disabled_at: null });
});

test.each([
  '//evil',
  '/\\evil',
  '/\t/evil',
  'https:evil',
  '/%5cevil',
  'javascript:alert(1)',
  '/@evil',
  '/a\r\nSet-Cookie: x',
  '/sign-in?next=/a',
  'evil',
  '',
  undefined,
  ['/a'],
])('[S18] after signing in, %j leads home', (next) => {
  expect(safeNext(next)).toBe('/');
});

test('[S18] after signing in one comes to the page that was asked for', async () => {
  const browser = new Browser(t.app);
  const asked = await browser.get('/groups?sort=name');
  expect(asked.headers.location).toBe('/sign-in?next=%2Fgroups%3Fsort%3Dname');
  const form = { username: 'admin', password, next: '/groups?sort=name' };
  const answer = await browser.post('/sign-in', form, '/sign-in');
  expect(answer.headers.location).toBe('/groups?sort=name');
});
