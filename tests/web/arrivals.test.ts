import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as arrivals from '../../src/store/arrivals.ts';
import * as environments from '../../src/store/environments.ts';
import * as ranges from '../../src/store/expansion-ranges.ts';
import { knownOf } from '../../src/store/known-machine.ts';
import { type Town, town } from './people.ts';

let t: Town;
const print = (letter: string) => `SHA256:${letter.repeat(43)}`;

beforeAll(async () => {
  t = await town();
  await environments.add(t.db, { name: 'test', production: false, position: 1, settings: {} });
});
afterAll(() => t.end());

async function waits(address: string, letter: string): Promise<string> {
  const asked = { projectKey: 'test_shop', by: 'token:scaler' };
  const id = await arrivals.reserve(t.db, { address, sshPort: 22 }, asked);
  await arrivals.keepWaiting(t.db, id, { key: `KEY-${letter}`, fingerprint: print(letter) });
  return id;
}

test('[S82] a machine that waits is shown with its key, and an admin trusts exactly that one', async () => {
  const id = await waits('10.4.0.1', 'a');
  const page = await t.admin.get('/hosts').expect(200);
  for (const words of ['10.4.0.1', print('a'), 'token:scaler']) expect(page.text).toContain(words);
  const accept = `/arrivals/${id}/accept`;
  await waits('10.4.0.1', 'b');
  expect((await t.admin.post(accept, { fingerprint: print('a') }, '/hosts')).status).toBe(409);
  expect(await arrivals.acceptedKey(t.db, id)).toBeNull();
  expect((await t.admin.post(accept, { fingerprint: 'no' }, '/hosts')).status).toBe(422);
  expect((await t.member.post(accept, { fingerprint: print('b') })).status).toBe(403);
  expect((await t.admin.post(accept, { fingerprint: print('b') }, '/hosts')).status).toBe(303);
  expect(await arrivals.acceptedKey(t.db, id)).toBe('KEY-b');
  expect((await t.admin.get('/hosts')).text).toContain('Accepted by admin');
  const audited = await t.db('audit').where({ action: 'arrival.accept', result: 'ok' });
  expect(audited).toHaveLength(1);
});

test('one that nobody wants is forgotten', async () => {
  const id = await waits('10.4.0.2', 'c');
  expect((await t.admin.post(`/arrivals/${id}/forget`, {}, '/hosts')).status).toBe(303);
  expect((await t.admin.get('/hosts')).text).not.toContain(print('c'));
  expect((await t.admin.post(`/arrivals/${id}/forget`, {}, '/hosts')).status).toBe(404);
});

test('address ranges are kept per environment; a wrong line is named', async () => {
  const path = '/environments/test/ranges';
  const typed = '10.1.0.0/16\n\nFD00:1::/48\n';
  expect((await t.admin.post(path, { ranges: typed }, path)).status).toBe(303);
  expect(await ranges.ofEnvironment(t.db, 'test')).toEqual(['10.1.0.0/16', 'fd00:1::/48']);
  for (const wrong of ['0.0.0.0/0', '10.0.0.0', '10.0.0.0/33', 'web/8', '::/0', '10.0.0.0/16;id']) {
    const answer = await t.admin.post(path, { ranges: `10.1.0.0/16\n${wrong}` }, path);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('Line 2');
    expect(answer.text).toContain(wrong);
  }
  expect(await ranges.ofEnvironment(t.db, 'test')).toHaveLength(2);
  await t.admin.post(path, { ranges: '' }, path);
  expect(await ranges.ofEnvironment(t.db, 'test')).toEqual([]);
});

test('[S82] in production no machine is trusted for the key that it shows first', async () => {
  const path = '/environments/live/ranges';
  await environments.add(t.db, { name: 'live', production: true, position: 9, settings: {} });
  const answer = await t.admin.post(path, { ranges: '10.1.0.0/16' }, path);
  expect(answer.status).toBe(422);
  expect(await ranges.ofEnvironment(t.db, 'live')).toEqual([]);
  await ranges.replace(t.db, 'live', ['10.1.0.0/16'], 'admin');
  await ranges.replace(t.db, 'test', ['10.1.0.0/16'], 'admin');
  expect((await knownOf(t.db, 'live', ulid())).ranges).toEqual([]);
  expect((await knownOf(t.db, 'test', ulid())).ranges).toEqual(['10.1.0.0/16']);
});
