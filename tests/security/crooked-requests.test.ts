import { afterAll, beforeAll, expect, test } from 'vitest';
import { program } from '../web/api/programs.ts';
import { type Town, town } from '../web/people.ts';
import { House } from './house.ts';
import { Wire } from './wire.ts';

let t: Town;
let house: House;
beforeAll(async () => {
  t = await town({}, undefined, { signedIn: false });
  house = await House.open(t, {
    headersTimeout: 1500,
    requestTimeout: 2000,
    connectionsCheckingInterval: 200,
  });
});
afterAll(() => t.end());

const soon = { timeout: 15_000, interval: 20 };
const inside = /node_modules|\bat \S+ \(|SELECT |\/src\//;

test('[S88] a thousand senders of half a head are cut off, and others are served meanwhile', async () => {
  const slow = await Promise.all(Array.from({ length: 1000 }, () => Wire.open(house.port)));
  for (const wire of slow) wire.say('GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ');
  const took: number[] = [];
  while (!slow.every((wire) => wire.closed)) {
    const began = performance.now();
    expect((await house.ask('/healthz')).status).toBe(200);
    took.push(performance.now() - began);
    for (const wire of slow.filter(({ closed }) => !closed)) wire.say('a');
    if (performance.now() > began + 30_000) throw new Error('they are still there');
  }
  expect(took.length).toBeGreaterThan(1);
  // this very process plays the thousand as well: one answer may wait for them
  expect(took.sort((a, b) => a - b).at(-2)).toBeLessThan(1000);
  expect(took.at(-1)).toBeLessThan(5000);
});

test.each([
  ['two lengths', 'Content-Length: 4\r\nContent-Length: 40\r\n'],
  ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n'],
  ['chunks in other letters', 'Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n'],
  ['a space before the colon', 'Content-Length : 4\r\n'],
  ['a length that is none', 'Content-Length: +4\r\n'],
  ['a folded header', 'X-A: b\r\n c: d\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n'],
])('[S88] %s in one request are refused, and what follows is not taken for another', async (_, headers) => {
  const hidden = 'GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n';
  const wire = await Wire.open(house.port);
  wire.say(`POST /sign-in HTTP/1.1\r\nHost: x\r\n${headers}\r\n0\r\n\r\n${hidden}`);
  await expect.poll(() => wire.closed, soon).toBe(true);
  expect(wire.statuses).toEqual([400]);
  expect(wire.text).not.toMatch(inside);
});

test('[S88] what is too large is refused before it is read', async () => {
  const wire = await Wire.open(house.port);
  const type = 'Content-Type: application/x-www-form-urlencoded';
  wire.say(`POST /sign-in HTTP/1.1\r\nHost: x\r\n${type}\r\nContent-Length: 52428800\r\n\r\nusername=`);
  await expect.poll(() => wire.statuses, soon).toEqual([413]);
  wire.socket.destroy();
  const many = Array.from({ length: 100_000 }, (_, index) => `a${index}`).join('&');
  expect([400, 414, 431]).toContain((await house.ask(`/sign-in?${many}`)).status);
  const some = Array.from({ length: 201 }, (_, index) => `a${index}=1`).join('&');
  expect((await house.ask(`/sign-in?${some}`)).status).toBe(400);
});

test('[S88] JSON a hundred thousand deep, fifty megabytes in chunks and a thousand parameters end early, while health answers', async () => {
  const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const by = await program(t, { scopes: ['deploy'] });
  const headers = { Authorization: `Bearer ${by.text}`, 'Content-Type': 'application/json' };
  const took: number[] = [];
  const health = async () => {
    const began = performance.now();
    expect((await house.ask('/healthz')).status).toBe(200);
    took.push(performance.now() - began);
  };
  const attacks = [
    house.ask('/api/v1/hosts', { method: 'POST', body: deep, headers }),
    house.ask(`/api/v1/hosts?${'a=1&'.repeat(1000)}`, { headers }),
  ];
  const wire = await Wire.open(house.port);
  const type = 'Content-Type: application/x-www-form-urlencoded';
  wire.say(`POST /sign-in HTTP/1.1\r\nHost: x\r\n${type}\r\nTransfer-Encoding: chunked\r\n\r\n`);
  const piece = `100000\r\n${'a'.repeat(1_048_576)}\r\n`;
  for (let sent = 0; sent < 50 && !wire.closed && wire.statuses.length === 0; sent++) {
    await new Promise<void>((resolve) => {
      if (wire.socket.destroyed || wire.socket.write(piece)) resolve();
      else wire.socket.once('drain', resolve).once('close', () => resolve());
    });
    await health();
  }
  await expect.poll(() => wire.statuses.length, soon).toBe(1);
  // too large, or too slow where this machine is
  expect([413, 408]).toContain(wire.statuses[0]);
  wire.socket.destroy();
  for (const attack of attacks) expect((await attack).status).toBeGreaterThanOrEqual(400);
  for (const attack of attacks) expect((await attack).status).toBeLessThan(500);
  await health();
  expect(took.sort((a, b) => a - b)[took.length >> 1]).toBeLessThan(1000);
});

test('[S88] what a client expects beyond the ordinary is not promised', async () => {
  const wire = await Wire.open(house.port);
  wire.say('GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: everything\r\nConnection: close\r\n\r\n');
  await expect.poll(() => wire.closed, soon).toBe(true);
  expect(wire.statuses).toEqual([417]);
});

test.each([
  ['a head of 2 MB', `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(2_000_000)}\r\n\r\n`, [431]],
  [
    'an address that is no text',
    'GET /projects/%E0%A4%A HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    [400],
  ],
  ['another protocol', '\x16\x03\x01\x02\x00\x01\x00', [400]],
  ['an unknown method', 'STEAL / HTTP/1.1\r\nHost: x\r\n\r\n', [400]],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', [400]],
])('[S21] %s is answered in general words', async (_, text, statuses) => {
  const wire = await Wire.open(house.port);
  wire.say(text);
  await expect.poll(() => wire.closed, soon).toBe(true);
  expect(wire.statuses).toEqual(statuses);
  expect(wire.text).not.toMatch(inside);
});

test('[S21] a body that cannot be read tells the id of its request and nothing of the inside', async () => {
  const headers = { 'Content-Type': 'application/json', Authorization: 'Bearer x' };
  for (const [path, body] of [
    ['/webhooks/none', '{'],
    ['/api/v1/projects', '{'],
    ['/sign-in', '{'],
  ] as const) {
    const answer = await house.ask(path, { method: 'POST', body, headers });
    const text = await answer.text();
    expect([400, 401, 403], path).toContain(answer.status);
    expect(text, path).toMatch(/[0-9a-f]{8}-[0-9a-f-]{27}/);
    expect(text, path).not.toMatch(inside);
  }
});
