import { afterAll, beforeAll, expect, test } from 'vitest';
import * as sessions from '../../src/store/sessions.ts';
import { Browser, type Town, town } from './people.ts';

let t: Town;
const ids: Record<string, string> = {};
beforeAll(async () => {
  t = await town();
  for (const { id, username } of await t.db('users')) ids[username] = id;
});
afterAll(() => t.end());

async function come(agent: string): Promise<Browser> {
  const browser = new Browser(t.app);
  browser.agent.set('User-Agent', agent);
  return browser.signIn('member');
}

async function named(agent: string): Promise<string> {
  const all = await sessions.ofUser(t.db, ids.member!);
  return all.find((one) => one.agent?.startsWith(agent))?.name ?? 'gone';
}

test('everybody sees where they are signed in, and ends one of their own and nobody else’s', async () => {
  const elsewhere = await come(`Elsewhere/1 <b>${'x'.repeat(500)}`);
  const page = await t.member.get('/profile');
  expect(page.text).toContain('Elsewhere/1 &lt;b&gt;');
  expect(page.text).toContain('127.0.0.1');
  expect(page.text).not.toContain('x'.repeat(300));
  const { sid } = await t.db('sessions').where('sess', 'like', '%Elsewhere%').first('sid');
  expect(page.text).not.toContain(sid);
  const name = await named('Elsewhere');
  expect((await t.outsider.post(`/profile/sessions/${name}/end`)).status).toBe(404);
  expect((await elsewhere.get('/profile')).status).toBe(200);
  expect((await t.member.post(`/profile/sessions/${name}/end`)).status).toBe(303);
  expect((await elsewhere.get('/profile')).headers.location).toMatch(/^\/sign-in/);
  expect((await t.member.get('/profile')).status).toBe(200);
  const audited = await t.db('audit').where({ action: 'session.end' }).orderBy('id', 'desc').first();
  expect(audited).toMatchObject({ actor: 'member', object: 'user:member' });
});

test('ending the session at hand signs out', async () => {
  const browser = await come('Here/1');
  const answer = await browser.post(`/profile/sessions/${await named('Here')}/end`);
  expect(answer.headers.location).toBe('/sign-in');
  expect((await browser.get('/profile')).headers.location).toMatch(/^\/sign-in/);
  expect(await named('Here')).toBe('gone');
});

test('an admin sees a person’s sessions and ends one or all; others may not', async () => {
  const [one, other] = [await come('One/1'), await come('Other/1')];
  const path = `/people/${ids.member}`;
  expect((await t.admin.get(path)).text).toMatch(/One\/1[\s\S]*Other\/1|Other\/1[\s\S]*One\/1/);
  const name = await named('One');
  expect((await t.outsider.post(`${path}/sessions/${name}/end`)).status).toBe(403);
  expect((await t.admin.post(`/people/${ids.outsider}/sessions/${name}/end`)).status).toBe(404);
  await t.admin.post(`${path}/sessions/${name}/end`);
  expect((await one.get('/profile')).status).toBe(303);
  expect((await other.get('/profile')).status).toBe(200);
  expect((await t.member.post(`${path}/sessions/end`)).status).toBe(403);
  await t.admin.post(`${path}/sessions/end`);
  expect((await other.get('/profile')).status).toBe(303);
  expect(await sessions.ofUser(t.db, ids.member!)).toEqual([]);
  await t.admin.post(`/people/${ids.admin}/sessions/end`);
  expect((await t.admin.get('/people')).status).toBe(200);
});
