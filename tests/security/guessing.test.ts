import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Attempts, attemptLimits } from '../../src/auth/attempts.ts';
import { Browser, password, type Town, town } from '../web/people.ts';
import { House } from './house.ts';

/** How many passwords were compared with a hash: the dear part of every attempt. */
const compared = vi.hoisted(() => ({ times: 0 }));
vi.mock('@node-rs/argon2', async (original) => {
  const real = await original<typeof import('@node-rs/argon2')>();
  const verify: typeof real.verify = (...words) => {
    compared.times += 1;
    return real.verify(...words);
  };
  return { ...real, verify };
});

const towns: Town[] = [];
afterAll(async () => {
  for (const t of towns) await t.end();
});

async function there(env: Record<string, string> = {}): Promise<House> {
  const t = await town(env, undefined, { signedIn: false });
  towns.push(t);
  return House.open(t);
}

type Answer = { status: number; wait: number };

/** Somebody who tries passwords as fast as the wire takes them, in one session. */
async function guesser(house: House) {
  const page = await house.ask('/sign-in');
  const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const _csrf = /data-csrf="([^"]*)"/.exec(await page.text())?.[1] ?? '';
  return async (username: string, secret: string, from: Record<string, string> = {}): Promise<Answer> => {
    const body = new URLSearchParams({ username, password: secret, _csrf });
    const answer = await house.ask('/sign-in', { method: 'POST', body, headers: { cookie, ...from } });
    await answer.body?.cancel();
    return { status: answer.status, wait: Number(answer.headers.get('retry-after')) };
  };
}

const forwarded = (index: number) => ({ 'X-Forwarded-For': `198.51.${index >> 8}.${index & 255}` });
const statusesOf = (answers: Answer[]) => [...new Set(answers.map(({ status }) => status))];

test('[S8] ten wrong passwords in five minutes for an account, a hundred attempts a minute from an address', async () => {
  expect(attemptLimits).toEqual({
    ...{ perAccount: 10, accountSeconds: 300 },
    ...{ perAddress: 100, addressSeconds: 60 },
  });
  const guess = await guesser(await there());
  const answers: Answer[] = [];
  for (let i = 0; i < 10; i++) answers.push(await guess('member', `wrong ${i}`, forwarded(i)));
  expect(statusesOf(answers)).toEqual([401]);
  compared.times = 0;
  const late = await guess('member', password, forwarded(11));
  expect(late.status).toBe(429);
  expect(late.wait).toBeGreaterThan(200);
  expect(late.wait).toBeLessThanOrEqual(300);
  expect(compared.times).toBe(0);
});

test('[S8] one password for a thousand accounts: from one address a hundred are judged, the rest wait', async () => {
  const house = await there();
  const guess = await guesser(house);
  compared.times = 0;
  const answers: Answer[] = [];
  const begun = performance.now();
  for (let i = 0; i < 1000; i += 50)
    answers.push(
      ...(await Promise.all(
        Array.from({ length: 50 }, (_, n) => guess(`user${i + n}`, 'one password', forwarded(i + n))),
      )),
    );
  const waiting = answers.filter(({ status }) => status === 429);
  expect(statusesOf(answers)).toEqual([401, 429]);
  // a hundred in a minute; a machine that takes longer over them has begun another one
  const judged = 100 * Math.ceil((performance.now() - begun) / 60_000);
  expect(1000 - waiting.length).toBeGreaterThanOrEqual(100);
  expect(1000 - waiting.length).toBeLessThanOrEqual(judged);
  expect(waiting.every(({ wait }) => wait >= 1 && wait <= 60)).toBe(true);
  expect(compared.times).toBe(1000 - waiting.length);
  const [told] = await house.t.db('audit').where({ reason: 'too many' }).count({ n: '*' });
  expect(Number(told?.n)).toBe(waiting.length);
  const own = await new Browser(house.t.app).signIn('admin');
  expect((await own.get('/profile')).status).toBe(200);
});

describe('[S8] what a proxy says of addresses', () => {
  test('counts where the proxy is configured, and only what it added itself', async () => {
    const guess = await guesser(await there({ CEDAR_TRUST_PROXY: '127.0.0.1' }));
    const from = (said: string, seen: string) => ({ 'X-Forwarded-For': `${said}, ${seen}` });
    const one = await Promise.all(
      Array.from({ length: 110 }, (_, i) => guess(`a${i}`, 'x', from(`203.0.113.${i}`, '198.51.100.1'))),
    );
    expect(one.filter(({ status }) => status === 429)).toHaveLength(10);
    const other = await guess('ann', 'x', from('198.51.100.1', '198.51.100.2'));
    expect(other.status).toBe(401);
  });
});

describe('[S8] the count of an account', () => {
  let attempts: Attempts;
  beforeAll(() => {
    attempts = new Attempts({ perAccount: 2, accountSeconds: 60, perAddress: 100, addressSeconds: 60 });
  });

  test('is one for all ways to write its name', async () => {
    for (const name of ['ann', 'ANN']) expect(await attempts.begin(name, '192.0.2.1', false)).toBe(0);
    for (const name of ['Ann', '\uff41nn', 'a\u200bnn', 'ann\u00ad', ' ann '])
      expect(await attempts.begin(name, '192.0.2.1', false), JSON.stringify(name)).toBeGreaterThan(0);
  });
});

test('[S8] nobody outside locks the admin out on the machine itself, by account or by address', async () => {
  const house = await there();
  const guess = await guesser(house);
  for (let i = 0; i < 120; i += 40)
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => guess(n < 5 ? 'admin' : `u${i + n}`, 'x', forwarded(i + n))),
    );
  expect((await guess('admin', password, forwarded(1))).status).toBe(429);
  expect((await guess('admin', password)).status).toBe(303);
});

test('[S9] a known, an unknown and a disabled name cost one comparison each', async () => {
  const house = await there();
  await house.t.db('users').where({ username: 'outsider' }).update({ disabled_at: 1 });
  const guess = await guesser(house);
  const cost = async (name: string) => {
    compared.times = 0;
    expect((await guess(name, 'not the password')).status).toBe(401);
    return compared.times;
  };
  for (const name of ['member', 'nobody', 'outsider', 'a'.repeat(64), 'no such name'])
    expect(await cost(name), name).toBe(1);
});

test('[S9] over 200 attempts each, unknown and known names take as long: medians differ by less than a tenth', async () => {
  const house = await there();
  const guess = await guesser(house);
  const attempts = house.t.app.locals.attempts as Attempts;
  const free = { begin: async () => 0, succeeded: attempts.succeeded.bind(attempts) };
  house.t.app.locals.attempts = free;
  const median = (all: number[]) => all.sort((a, b) => a - b)[all.length >> 1] ?? 0;
  /** How far apart the medians are; the two take turns, so that whatever else the machine does hits both. */
  const apart = async () => {
    const took: Record<string, number[]> = { member: [], nobody: [] };
    for (let i = 0; i < 200; i++)
      for (const name of i % 2 ? ['member', 'nobody'] : ['nobody', 'member']) {
        const began = performance.now();
        await guess(name, 'not the password');
        took[name]?.push(performance.now() - began);
      }
    return Math.abs(median(took.member ?? []) / median(took.nobody ?? []) - 1);
  };
  let least = 1;
  for (let tries = 0; tries < 3 && least >= 0.1; tries++) least = Math.min(least, await apart());
  expect(least).toBeLessThan(0.1);
});
