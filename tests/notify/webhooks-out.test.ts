import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ulid } from 'ulid';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { post } from '../../src/notify/post.ts';
import { webhook } from '../../src/notify/webhook.ts';
import * as channels from '../../src/store/channels.ts';
import * as notices from '../../src/store/notices.ts';
import { put } from '../../src/store/outbox.ts';
import { freshDatabase } from '../lab/database.ts';
import { WebhookReceiver } from '../lab/webhook-receiver.ts';
import { PostOffice } from './post-office.ts';

const offices: PostOffice[] = [];
let office: PostOffice;
let receiver: WebhookReceiver;

beforeEach(async () => {
  receiver = await WebhookReceiver.start('a secret of the receiver');
  office = await officeWith({});
});
afterAll(() => Promise.all(offices.map((one) => one.close())));

async function officeWith(times: ConstructorParameters<typeof PostOffice>[1]): Promise<PostOffice> {
  const made = new PostOffice((await freshDatabase()).db, times);
  offices.push(made);
  return made;
}

async function change(channelId: string, type = 'operation.succeeded'): Promise<void> {
  const data = { project: 'online_shop', state: type.split('.')[1] };
  const event = { type, timestamp: '2026-01-01T00:00:00.000Z', data, path: '/operations/1' };
  await put(office.db, { channelId, topic: 'change', dedupeKey: ulid(), body: { event }, operationId: null });
}

test('a receiver gets a signed change, with the address of its operation', async () => {
  await change(await office.receiver(receiver));
  office.open();
  await office.quiet();
  expect(receiver.refused).toEqual([]);
  expect(receiver.taken).toMatchObject([
    {
      type: 'operation.succeeded',
      timestamp: '2026-01-01T00:00:00.000Z',
      data: { project: 'online_shop', url: 'https://cedar.example.com/operations/1' },
    },
  ]);
});

test('one that knows another secret refuses it, and the log says so', async () => {
  const id = await office.receiver(receiver);
  const options = { url: receiver.url, secret: office.vault.seal('not the one it knows') };
  await channels.change(office.db, id, { name: 'x', groupId: null, options });
  await change(id);
  office.open();
  await until('it was refused', async () => receiver.refused.length > 1);
  const [notice] = await notices.some(office.db, { limit: 1 });
  expect((await notices.attemptsOf(office.db, notice!.id))[0]).toMatchObject({ code: 401, result: 'later' });
  expect(receiver.taken).toEqual([]);
});

test('every try has the same id; a failing receiver gets it again until it answers well', async () => {
  receiver.statuses.push(500, 302, 429);
  await change(await office.receiver(receiver));
  office.open();
  await office.quiet();
  expect(receiver.taken).toHaveLength(1);
  const [notice] = await notices.some(office.db, { limit: 1 });
  expect(notice).toMatchObject({ state: 'sent', attempts: 4, id: receiver.taken[0]?.id });
  const log = await notices.attemptsOf(office.db, notice!.id);
  expect(log.map(({ code }) => code)).toEqual([500, 302, 429, 200]);
  expect(log.every(({ ms }) => ms !== null && ms >= 0)).toBe(true);
});

test('what could not be sent for too long is given up, and is sent again when somebody asks', async () => {
  office = await officeWith({ giveUpMs: 50 });
  receiver.statuses.push(...Array(50).fill(503));
  await change(await office.receiver(receiver));
  office.open();
  await office.quiet();
  const [notice] = await notices.some(office.db, { state: 'undelivered', limit: 1 });
  expect(notice?.reason).toBe('not taken');
  receiver.statuses.length = 0;
  expect(await notices.again(office.db, notice!.id)).toBe(true);
  await office.quiet();
  expect(receiver.taken).toHaveLength(1);
});

test('one that failed for very long is switched off with the reason; what comes then is undelivered', async () => {
  office = await officeWith({ offMs: 100 });
  receiver.statuses.push(...Array(50).fill(500));
  const id = await office.receiver(receiver);
  await change(id);
  office.open();
  await until('it is off', async () => (await channels.byId(office.db, id))?.disabledAt !== null);
  expect((await channels.byId(office.db, id))?.disabledWhy).toBe('not taken');
  await change(id);
  await office.quiet();
  expect(await notices.counts(office.db)).toEqual({ waiting: 0, sent: 0, undelivered: 2 });
});

test('one that is gone is switched off at once', async () => {
  receiver.statuses.push(410);
  const id = await office.receiver(receiver);
  await change(id);
  await change(id);
  office.open();
  await office.quiet();
  expect((await channels.byId(office.db, id))?.disabledAt).not.toBeNull();
  expect(receiver.taken).toEqual([]);
});

test('a receiver that hangs keeps no other one waiting', async () => {
  const hanging = createServer(() => undefined);
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
  const { port } = hanging.address() as AddressInfo;
  const slow = await office.receiver(receiver);
  const options = { url: `http://127.0.0.1:${port}/`, secret: office.vault.seal('secret') };
  await channels.change(office.db, slow, { name: 'slow', groupId: null, options });
  await change(slow);
  await change(await office.receiver(receiver));
  office.deadlineMs = 60_000;
  office.open();
  await until('the other has it', async () => receiver.taken.length === 1);
  const results = await office.db('notice_attempts').orderBy('result').select('result');
  expect(results.map(({ result }) => result)).toContain('begun');
  hanging.closeAllConnections();
  hanging.close();
});

test.each([
  ['http://169.254.169.254/latest', 'address_special'],
  ['https://[fe80::1]/', 'address_special'],
  ['http://example.com/', 'url_https'],
  ['https://user:pw@example.com/', 'url'],
  ['https://2130706433/', 'address_loopback'],
])('nothing is sent to %s', (url, code) => {
  const rules = { ...office.dispatch().means, allowLoopback: false };
  expect(webhook.problem?.({ url, secret: 'x'.repeat(16) }, rules)).toEqual({ option: 'url', code });
});

test('[S62] a name that leads to this machine is refused when it is looked up', async () => {
  const rules = { ...office.dispatch().means, allowLoopback: false };
  const url = new URL(receiver.url.replace('127.0.0.1', 'localhost'));
  await expect(post(url, '{}', {}, rules)).rejects.toMatchObject({ permanent: true });
  await expect(post(url, '{}', {}, { ...rules, allowLoopback: true })).resolves.toMatchObject({
    status: 401,
  });
});

test('[S66] proxies of the environment are passed by', async () => {
  const { HTTP_PROXY, http_proxy } = process.env;
  Object.assign(process.env, { HTTP_PROXY: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9' });
  try {
    await expect(post(new URL(receiver.url), '{}', {}, office.dispatch().means)).resolves.toBeDefined();
  } finally {
    for (const [name, value] of Object.entries({ HTTP_PROXY, http_proxy })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
});
