import { afterAll, beforeAll, expect, test } from 'vitest';
import { Browser, password, type Town, town } from './people.ts';

let t: Town;
beforeAll(async () => {
  t = await town();
});
afterAll(() => t.end());

const choices = { displayName: 'Mei', language: 'zh-CN', theme: 'dark', timeZone: 'Asia/Shanghai' };

test('the language, the colours and the zone chosen stay with the person', async () => {
  expect((await t.member.post('/profile', choices)).status).toBe(303);
  const page = await new Browser(t.app).signIn('member').then((browser) => browser.get('/profile'));
  expect(page.text).toContain('lang="zh-CN"');
  expect(page.text).toContain('data-bs-theme="dark"');
  expect(page.text).toMatch(/value="Asia\/Shanghai"\s+selected/);
  await t.member.post('/language', { language: 'en', next: '/profile' });
  expect((await t.member.get('/profile')).text).toContain('lang="en"');
});

test('an unknown zone is refused at its field', async () => {
  const answer = await t.member.post('/profile', { ...choices, timeZone: 'Mars/Base' });
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('Mei');
});

test('[S14] a new password needs the old one and ends the other sessions', async () => {
  const here = await new Browser(t.app).signIn('outsider');
  const there = await new Browser(t.app).signIn('outsider');
  const change = { current: 'wrong', password: 'a fresh long phrase', again: 'a fresh long phrase' };
  const wrong = await here.post('/profile/password', change);
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('That is not your password.');
  expect((await here.post('/profile/password', { ...change, current: password })).status).toBe(303);
  expect((await here.get('/profile')).status).toBe(200);
  expect((await there.get('/profile')).status).toBe(303);
  await there.signIn('outsider', 'a fresh long phrase');
});

test('[S8] a stolen session cannot guess the password', async () => {
  const browser = await new Browser(t.app).signIn('member');
  const guess = { current: 'wrong', password: 'a fresh long phrase', again: 'a fresh long phrase' };
  for (let i = 0; i < 10; i++) await browser.post('/profile/password', guess);
  expect((await browser.post('/profile/password', { ...guess, current: password })).status).toBe(429);
});

test('[S14] signing out everywhere ends all sessions of that person and no other', async () => {
  const here = await new Browser(t.app).signIn('admin');
  await here.post('/profile/sign-out-everywhere');
  expect((await t.admin.get('/profile')).status).toBe(303);
  expect((await t.member.get('/profile')).status).toBe(200);
});
