import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as alarms from '../../../src/store/alarms.ts';
import * as grants from '../../../src/store/grants.ts';
import * as placements from '../../../src/store/placements.ts';
import * as sessions from '../../../src/store/sessions.ts';
import { fleetOf } from '../../../src/web/live/hub-of.ts';
import { type LiveSettings, liveSettings } from '../../../src/web/live/settings.ts';
import { recordPlacements } from '../../lab/looks.ts';
import { alarmOf } from '../alarmed.ts';
import { type Browser, type Town, town } from '../people.ts';
import { runIn, type Shop, shopIn } from '../shop.ts';
import { Reader, until } from './stream.ts';

let t: Town;
let shop: Shop;
let server: Server;
let readers: Reader[] = [];
const placed = { test: '', online: '' };

beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  for (const name of ['test', 'online'] as const)
    placed[name] = (await placements.ofProject(t.db, shop[name].id))[0]!.id;
  const live: LiveSettings = { ...liveSettings, fleetMs: 20, checkMs: 250, beatMs: 50, perPerson: 60 };
  t.app.locals.live = live;
  await flip('test');
  await flip('online');
  server = t.app.listen(0, '127.0.0.1');
  await until(() => server.listening);
});
afterEach(async () => {
  for (const reader of readers) reader.end();
  await until(() => fleetOf(t.app, t.db).viewers === 0);
  readers = [];
});
afterAll(async () => {
  server.close();
  await t.end();
});

const found = { test: false, online: false };
/** One look that finds the service otherwise than the one before. */
async function flip(name: 'test' | 'online'): Promise<void> {
  found[name] = !found[name];
  const state = found[name] ? ('failed' as const) : ('running' as const);
  const one = { since: null, release: null, message: null, processes: [] };
  await recordPlacements(t.db, [{ placementId: placed[name], state, ...one }]);
}

async function watch(path: string, who: Browser = t.member, headers: Record<string, string> = {}) {
  const { port } = server.address() as AddressInfo;
  const jar = who.agent.jar.getCookies({ domain: '127.0.0.1', path: '/', secure: false, script: false });
  const reader = new Reader(`http://127.0.0.1:${port}${path}`, { Cookie: jar.toValueString(), ...headers });
  readers.push(reader);
  await until(() => reader.status !== 0);
  return reader;
}

const told = (reader: Reader) => reader.named('news').length;
/** Waits until it is told how things stand; gives the moment up to which it knows. */
async function settled(reader: Reader): Promise<number> {
  await until(() => reader.events.some(({ name }) => name === 'here' || name === 'news'));
  return Number(reader.events.filter(({ id }) => id !== null).at(-1)?.id);
}

test('a change is told to whom it concerns, at once, and to nobody else', async () => {
  const fleet = await watch('/health/events');
  const project = await watch('/projects/test_shop/health/events');
  const other = await watch('/projects/online_shop/health/events');
  const stranger = await watch('/health/events', t.outsider);
  for (const reader of [fleet, project, other, stranger]) await settled(reader);
  const before = [fleet, project, other, stranger].map(told);
  await flip('test');
  await until(() => told(fleet) > before[0]! && told(project) > before[1]!);
  await flip('online');
  await until(() => told(other) > before[2]!);
  expect(told(project)).toBe(before[1]! + 1);
  expect(told(stranger)).toBe(before[3]!);
  expect(fleet.headers['content-type']).toContain('text/event-stream');
});

test('an alarm that opens, is taken or ends is told to its page and the lists', async () => {
  const [placement] = await placements.ofProject(t.db, shop.online.id);
  const id = await alarmOf(t.db, shop.online, placement!);
  const other = await alarmOf(t.db, shop.test, placement!, { key: 'service:other', hostId: null });
  const page = await watch(`/alarms/${id}/events`);
  const list = await watch('/alarms/events');
  const stranger = await watch('/alarms/events', t.outsider);
  for (const reader of [page, list, stranger]) await settled(reader);
  const before = [page, list, stranger].map(told);
  await alarms.acknowledge(t.db, id, 'Ada', null);
  await until(() => told(page) > before[0]! && told(list) > before[1]!);
  await alarms.endAll(t.db, [other], 'well');
  await until(() => told(list) > before[1]! + 1);
  expect(told(page)).toBe(before[0]! + 1);
  await alarms.endAll(t.db, [id], 'well');
  await until(() => told(page) > before[0]! + 1);
  expect(told(stranger)).toBe(before[2]!);
});

test('fifty viewers ask the database no more than one does', async () => {
  const asked = { prints: 0, all: 0 };
  const count = ({ sql }: { sql: string }) => {
    if (/max\(.id.\) from .flips/.test(sql)) asked.prints += 1;
    if (/flips|alarms|placement|projects/.test(sql)) asked.all += 1;
  };
  const viewers = await Promise.all(Array.from({ length: 50 }, () => watch('/health/events')));
  await Promise.all(viewers.map(settled));
  const before = viewers.map(told);
  t.db.on('query', count);
  await flip('test');
  await until(() => viewers.every((viewer, index) => told(viewer) > before[index]!));
  await until(() => asked.prints >= 10);
  t.db.off('query', count);
  // two questions for each look, what changed for one of them, and what the look of this test itself wrote
  expect(asked.all).toBeLessThan(asked.prints * 2 + 25);
  expect(viewers.map((viewer, index) => told(viewer) - before[index]!)).toEqual(viewers.map(() => 1));
});

test('who comes again behind Last-Event-ID is told what was missed, and nothing where nothing was', async () => {
  const stays = await watch('/health/events', t.admin);
  await settled(stays);
  const first = await watch('/projects/test_shop/health/events');
  const at = await settled(first);
  first.end();
  const quiet = await watch('/projects/test_shop/health/events', t.member, { 'Last-Event-ID': String(at) });
  await settled(quiet);
  expect(told(quiet)).toBe(0);
  quiet.end();
  const before = told(stays);
  await flip('test');
  await until(() => told(stays) > before);
  const again = await watch('/projects/test_shop/health/events', t.member, { 'Last-Event-ID': String(at) });
  await settled(again);
  expect(told(again)).toBe(1);
  const other = await watch('/projects/online_shop/health/events', t.member, { 'Last-Event-ID': String(at) });
  await settled(other);
  expect(told(other)).toBe(0);
});

test('what was noticed before this process looked is told to whoever knows less', async () => {
  const late = await watch('/health/events?after=1');
  await settled(late);
  expect(told(late)).toBe(1);
  const crooked = await watch('/health/events?after=-1;drop');
  await settled(crooked);
  expect(told(crooked)).toBe(1);
});

test('[S89] streams of health and of operations are counted together', async () => {
  const run = await runIn(t, shop, shop.test);
  const open = await Promise.all(Array.from({ length: 59 }, () => watch('/health/events')));
  const operation = await watch(`${run.path}/events`);
  expect([...open, operation].every(({ status }) => status === 200)).toBe(true);
  expect((await watch('/alarms/events')).status).toBe(429);
  expect((await watch('/alarms/events', t.admin)).status).toBe(200);
  await run.finish('cancelled');
});

test('[S22] other sites, nobody and outsiders get no stream', async () => {
  const paths = ['/projects/test_shop/health/events', '/alarms/none/events'];
  for (const path of paths) expect((await watch(path, t.outsider)).status).toBe(404);
  expect((await watch('/health/events', t.nobody)).status).toBe(401);
  const evil = { Origin: 'https://evil.example' };
  expect((await watch('/health/events', t.member, evil)).status).toBe(403);
});

test('[S22] a right taken away, or a session ended, ends the stream', async () => {
  const fleet = await watch('/health/events');
  const project = await watch('/projects/test_shop/health/events');
  for (const reader of [fleet, project]) await settled(reader);
  const member = await t.db('users').where({ username: 'member' }).first();
  await grants.take(t.db, member.id, t.groupId);
  await until(() => fleet.closed && project.closed);
  expect(fleet.events.at(-1)?.name).toBe('again');
  expect((await watch('/projects/test_shop/health/events')).status).toBe(404);
  await t.grant({ config: false, deploy: false });
  const back = await watch('/health/events');
  await settled(back);
  await sessions.endAllOf(t.db, member.id);
  await until(() => back.closed);
});

test('all streams end when the console does, to be opened elsewhere', async () => {
  const fleet = await watch('/health/events', t.admin);
  await settled(fleet);
  (t.app as NodeJS.EventEmitter).emit('closing');
  await until(() => fleet.closed);
  expect(fleet.events.at(-1)?.name).toBe('again');
});
