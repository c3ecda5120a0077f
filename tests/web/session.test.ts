import { afterAll, beforeAll, expect, test } from 'vitest';
import { Browser, password, type Town, town } from './people.ts';

let t: Town;
beforeAll(async () => {
  t = await town();
});
afterAll(() => t.end());

const cookieOf = (answer: { headers: Record<string, unknown> }) =>
  String((answer.headers['set-cookie'] as string[] | undefined)?.[0] ?? '');
const sidOf = (cookie: string) => cookie.split(';')[0] ?? '';

test('[S12] signing in changes the id of the session; the old one is nobody', async () => {
  const browser = new Browser(t.app);
  const before = sidOf(cookieOf(await browser.get('/sign-in')));
  const answer = await browser.post('/sign-in', { username: 'member', password }, '/sign-in');
  const after = sidOf(cookieOf(answer));
  expect(before).not.toBe('');
  expect(after).not.toBe('');
  expect(after).not.toBe(before);
  const old = await new Browser(t.app).get('/profile').set('Cookie', before);
  expect(old.headers.location).toBe('/sign-in?next=%2Fprofile');
});

test('[S12] a session id that somebody made up is not taken over', async () => {
  const made = 'cedar=s%3Amade-up.c2lnbmF0dXJl';
  const answer = await new Browser(t.app).get('/sign-in').set('Cookie', made);
  expect(cookieOf(answer)).not.toContain('made-up');
});

test('[S13] the cookie is hidden from scripts and from other sites', async () => {
  const cookie = cookieOf(await new Browser(t.app).get('/sign-in'));
  expect(cookie).toMatch(/^cedar=.*HttpOnly; SameSite=Lax/);
  expect(cookie).not.toContain('Secure');
});

test('[S13] over https the cookie is __Host- and secure, and HSTS is on', async () => {
  const safe = await town({ CEDAR_BASE_URL: 'https://deploy.example.org' }, undefined, { signedIn: false });
  const answer = await new Browser(safe.app).get('/sign-in').set('X-Forwarded-Proto', 'https');
  expect(cookieOf(answer)).toMatch(/^__Host-cedar=.*; Path=\/; .*HttpOnly; Secure; SameSite=Lax/);
  expect(answer.headers['strict-transport-security']).toContain('max-age=31536000');
  await safe.end();
});

test('[S12] signing out ends the session in the database', async () => {
  const browser = await new Browser(t.app).signIn('member');
  const cookie = sidOf(cookieOf(await browser.post('/language', { language: 'en' })));
  expect((await browser.post('/sign-out')).headers.location).toBe('/sign-in');
  expect((await browser.get('/profile')).status).toBe(303);
  expect((await new Browser(t.app).get('/profile').set('Cookie', cookie)).status).toBe(303);
});

test('[S14] an idle and an old session end', async () => {
  for (const field of ['seenAt', 'startedAt']) {
    const browser = await new Browser(t.app).signIn('outsider');
    const row = await t.db('sessions').where('sess', 'like', '%"passport"%').orderBy('expired', 'desc');
    for (const { sid, sess } of row) {
      const data = JSON.parse(sess);
      if (data.passport) data[field] -= 13 * 3_600_000;
      await t
        .db('sessions')
        .where({ sid })
        .update({ sess: JSON.stringify(data) });
    }
    expect((await browser.get('/profile')).status, field).toBe(303);
  }
});

test('[S14] polling does not keep a session alive, use does', async () => {
  const browser = await new Browser(t.app).signIn('outsider');
  const age = async () => {
    const rows = await t.db('sessions').where('sess', 'like', '%"passport"%');
    const { sid, sess } = rows.sort((a, b) => (a.expired < b.expired ? 1 : -1))[0];
    const data = JSON.parse(sess);
    return { sid, data };
  };
  const { sid, data } = await age();
  data.seenAt -= 120_000;
  await t
    .db('sessions')
    .where({ sid })
    .update({ sess: JSON.stringify(data) });
  await browser.get('/home/now').set('X-Poll', '1').expect(200);
  expect(JSON.parse((await t.db('sessions').where({ sid }).first()).sess).seenAt).toBe(data.seenAt);
  await browser.get('/').expect(200);
  expect(JSON.parse((await t.db('sessions').where({ sid }).first()).sess).seenAt).toBeGreaterThan(
    data.seenAt,
  );
});
