import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as grants from '../../../src/store/grants.ts';
import * as sessions from '../../../src/store/sessions.ts';
import { type LiveSettings, liveSettings } from '../../../src/web/live/hub.ts';
import { type Browser, type Town, town } from '../people.ts';
import { type Run, runIn, type Shop, shopIn } from '../shop.ts';
import { Reader, until } from './stream.ts';

let t: Town;
let shop: Shop;
let server: Server;
let readers: Reader[] = [];
let runs: Run[] = [];

const quick = { checkMs: 50, beatMs: 50, perPerson: 5, maxBuffered: 65_536, stallMs: 1500 };

beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  const live: LiveSettings = { ...liveSettings, ...quick };
  t.app.locals.live = live;
  server = t.app.listen(0, '127.0.0.1');
  await until(() => server.listening);
});
afterEach(async () => {
  for (const reader of readers) reader.end();
  await until(() => readers.every((reader) => reader.closed));
  for (const run of runs) await run.finish('cancelled');
  [readers, runs] = [[], []];
});
afterAll(async () => {
  server.close();
  await t.end();
});

async function start(): Promise<Run> {
  const run = await runIn(t, shop, shop.test);
  runs.push(run);
  return run;
}

/** The cookies of a browser, for a request of our own. */
function cookieOf(browser: Browser): string {
  const { port } = server.address() as AddressInfo;
  return (
    browser.agent.jar
      .getCookies({ domain: '127.0.0.1', path: '/', secure: false, script: false })
      .toValueString() || String(port)
  );
}

function watch(run: Run, headers: Record<string, string> = {}, query = '?after=0', who = t.member): Reader {
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}${run.path}/events${query}`;
  const reader = new Reader(url, { Cookie: cookieOf(who), ...headers });
  readers.push(reader);
  return reader;
}

test('what a worker writes is in the browser within 300 ms, uncompressed, with the facts', async () => {
  const run = await start();
  const reader = watch(run, { 'Accept-Encoding': 'gzip' });
  await until(() => reader.named('steps').length > 0);
  expect(reader.headers['content-type']).toContain('text/event-stream');
  expect(reader.headers['content-encoding']).toBeUndefined();
  expect(reader.headers['x-accel-buffering']).toBe('no');
  const took: number[] = [];
  for (let round = 0; round < 20; round++) {
    const seq = await run.say('build', `line ${round}\n`);
    const written = Date.now();
    await until(() => reader.events.some((event) => event.id === seq));
    took.push(reader.events.find((event) => event.id === seq)!.at - written);
  }
  took.sort((one, other) => one - other);
  expect(took[18]).toBeLessThanOrEqual(300);
  await run.begin('build');
  await until(() => JSON.stringify(reader.named('steps').at(-1)?.data).includes('intent'));
  await run.host(shop.hostIds[0]!, { state: 'active' });
  await until(() => JSON.stringify(reader.named('hosts').at(-1)?.data).includes('active'));
});

test('a stream that was cut goes on behind Last-Event-ID: nothing twice, nothing lost', async () => {
  const run = await start();
  for (let line = 0; line < 450; line++) await run.say('build', `${line}\n`);
  const first = watch(run);
  await until(() => first.named('log').length >= 100);
  first.end();
  const last = first.named('log').at(-1)!.id!;
  for (let line = 450; line < 500; line++) await run.say('build', `${line}\n`);
  const second = watch(run, { 'Last-Event-ID': String(last) });
  await until(() => second.log.endsWith('499\n'));
  const all = first.log + second.log;
  expect(all).toBe(Array.from({ length: 500 }, (_, line) => `${line}\n`).join(''));
});

test('many viewers of one operation get the same, and an ended one ends their streams', async () => {
  const run = await runIn(t, shop, shop.test);
  const viewers = [watch(run), watch(run), watch(run, {}, '?after=0', t.admin)];
  await until(() => viewers.every((viewer) => viewer.named('steps').length > 0));
  await run.say('build', 'once\n');
  await run.finish('succeeded');
  await until(() => viewers.every((viewer) => viewer.closed));
  for (const viewer of viewers) {
    expect(viewer.log).toBe('once\n');
    expect(viewer.events.at(-1)?.name).toBe('end');
    expect(JSON.stringify(viewer.named('operation').at(-1)?.data)).toContain('succeeded');
  }
});

test('a viewer that stalls gets a counted gap; the others are not held up and miss nothing', async () => {
  const run = await start();
  const [slow, fast] = [watch(run), watch(run)];
  await until(() => slow.named('steps').length > 0 && fast.named('steps').length > 0);
  slow.pause();
  const big = `${'x'.repeat(60_000)}\n`;
  let written = 0;
  for (; written < 250; written++) {
    await run.say('build', big, 100_000_000);
    await new Promise(setImmediate);
  }
  await until(() => fast.named('log').length === written);
  expect(fast.named('gap')).toEqual([]);
  const stalled = Date.now();
  await until(() => Date.now() - stalled > quick.stallMs);
  slow.resume();
  await until(() => slow.named('gap').length > 0);
  const seq = await run.say('build', 'after\n', 100_000_000);
  await until(() => slow.events.some((event) => event.id === seq));
  const missed = slow.named('gap').reduce((sum, event) => sum + (event.data as { bytes: number }).bytes, 0);
  const got = slow.log.length - 'after\n'.length;
  expect(missed).toBeGreaterThan(0);
  expect(got + missed).toBe(written * big.length);
}, 60_000);

test('lines that the store cut out are told as a gap', async () => {
  const run = await start();
  for (let line = 0; line < 60; line++) await run.say('build', `${line} ${'y'.repeat(200)}\n`, 4096);
  const reader = watch(run);
  await until(() => reader.log.includes('59 y'));
  expect(reader.log).toContain('0 y');
  expect(reader.named('gap')).toHaveLength(1);
});

test('[S89] one person holds so many streams and no more', async () => {
  const run = await start();
  const open = Array.from({ length: 5 }, () => watch(run));
  await until(() => open.every((reader) => reader.status === 200));
  const over = watch(run);
  await until(() => over.status !== 0);
  expect(over.status).toBe(429);
  open[0]!.end();
  await until(async () => {
    const again = watch(run);
    await until(() => again.status !== 0);
    return again.status === 200;
  });
});

test('[S22] [S27] nobody, an outsider and a missing operation get no byte of it', async () => {
  const run = await start();
  const strangers = [watch(run, { Cookie: '' }), watch(run, {}, '', t.outsider)];
  await until(() => strangers.every((reader) => reader.status !== 0));
  expect(strangers.map((reader) => reader.status)).toEqual([401, 404]);
  expect(strangers.every((reader) => reader.events.length === 0)).toBe(true);
});

test('[S22] a stream ends when the person leaves the group, and when the session ends', async () => {
  const run = await start();
  const reader = watch(run);
  await until(() => reader.named('steps').length > 0 && reader.named('comment').length > 0);
  const member = await t.db('users').where({ username: 'member' }).first();
  await grants.take(t.db, member.id, t.groupId);
  await until(() => reader.closed);
  expect(reader.events.at(-1)?.name).toBe('again');
  await t.grant({ config: false, deploy: false });
  const other = watch(run, {}, '', t.admin);
  await until(() => other.named('steps').length > 0);
  const admin = await t.db('users').where({ username: 'admin' }).first();
  await sessions.endAllOf(t.db, admin.id);
  await until(() => other.closed);
});

test('all streams end when the console does, to be opened elsewhere', async () => {
  const run = await start();
  const reader = watch(run);
  await until(() => reader.named('steps').length > 0);
  (t.app as NodeJS.EventEmitter).emit('closing');
  await until(() => reader.closed);
  expect(reader.events.at(-1)?.name).toBe('again');
});
