import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as handLocks from '../../src/store/hand-locks.ts';
import * as operations from '../../src/store/operations.ts';
import * as placements from '../../src/store/placements.ts';
import * as questions from '../../src/store/questions.ts';
import { plainText } from '../../src/web/processes/plain-text.ts';
import { recordPlacements } from '../lab/looks.ts';
import { type Town, town } from './people.ts';
import { type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
let path: string;
let placementId: string;
const name = 'test_shop:test_shop_4001';
const id = (location: string | undefined) => location?.split('/').at(-1) ?? '';

beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  placementId = (await placements.ofProject(t.db, shop.test.id))[0]!.id;
  path = `/projects/${shop.test.key}/processes/${placementId}`;
});
beforeEach(async () => {
  await t.db('locks').delete();
  await t.grant({ config: false, deploy: true });
});
afterAll(() => t.end());

/** The form of the page, as its button sends it. */
async function formOf(kind: string, process = name): Promise<Record<string, string>> {
  const page = await t.member.get(`${path}?process=${encodeURIComponent(process)}&kind=${kind}`).expect(200);
  const form = page.text.split(`action="${path}"`)[1]!.split('</form>')[0]!;
  const fields = [...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, key, value]) => [key, value]);
  return Object.fromEntries(fields.filter(([key]) => key !== '_csrf'));
}

test.each(['restart-process', 'start-process', 'stop-process'])(
  '%s: the plan stands before the button, and what is shown is what runs',
  async (kind) => {
    const page = await t.member.get(`${path}?process=${encodeURIComponent(name)}&kind=${kind}`);
    expect(page.text).toContain(', process 2<');
    expect(page.text).not.toContain(', process 1<');
    const form = await formOf(kind);
    const started = await t.member.post(path, { ...form, reason: 'it leaks' });
    const operation = await operations.byId(t.db, id(started.headers.location));
    expect(operation).toMatchObject({ kind, state: 'queued', decision: form.decided, reason: 'it leaks' });
    expect(operation?.snapshot.params.process).toEqual({ name, index: 1 });
    expect(operation?.snapshot.hosts.map((host) => host.name)).toEqual(['web1']);
    expect((await t.member.post(path, { ...form, reason: 'it leaks' })).headers.location).toBe(
      started.headers.location,
    );
    expect((await t.member.get(started.headers.location!)).text).toContain(name);
    const busy = await t.member.post(path, await formOf(kind, 'test_shop:test_shop_4000'));
    expect(busy.status).toBe(409);
  },
);

test('a plan that is another by now starts nothing', async () => {
  const form = await formOf('restart-process');
  const other = await t.member.post(path, { ...form, kind: 'stop-process' });
  expect(other.status).toBe(409);
  expect(await t.db('locks').whereNotNull('operation_id')).toEqual([]);
});

test.each(['', '/log'])('a name that is none is refused at its field: %s', async (place) => {
  const form = place === '' ? await formOf('restart-process') : {};
  const refused = await t.member.post(`${path}${place}`, { ...form, process: '<b>none' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('The project has no process “&lt;b&gt;none” on web1.');
  expect((await t.member.get(`${path}?process=none`)).status).toBe(404);
});

test('locks bind it; an admin passes with a reason', async () => {
  const held = { reason: 'moving', by: 'ada', byAdmin: true, warning: false, since: 1, until: null };
  const lock = await handLocks.add(t.db, { scope: { kind: 'project', id: shop.test.id }, ...held });
  const form = await formOf('stop-process');
  expect((await t.member.post(path, form)).status).toBe(409);
  expect((await t.admin.post(path, { ...form, pass: 'on fire' })).status).toBe(303);
  await t.db('hand_locks').where({ id: lock }).delete();
});

test('who may not deploy sees the log and no button; an outsider nothing', async () => {
  await t.grant({ config: true, deploy: false });
  const online = (await placements.ofProject(t.db, shop.online.id))[0]!.id;
  const page = await t.member.get(`/projects/online_shop/processes/${online}`).expect(200);
  expect(page.text).not.toContain('name="decided"');
  expect(page.text).toContain(`action="/projects/online_shop/processes/${online}/log"`);
  expect((await t.outsider.get(`/projects/online_shop/processes/${online}`)).status).toBe(404);
  expect((await t.admin.get(`/projects/test_shop/processes/${online}`)).status).toBe(404);
});

test('the last lines come as text, without what a terminal obeys, and to the one process alone', async () => {
  const asked = await t.member.post(`${path}/log`, { process: name }, path);
  const shown = asked.headers.location!.split('#')[0]!;
  expect((await t.member.get(shown)).text).toContain('aria-busy="true"');
  const [question] = await questions.claim(t.db, 'w', 5);
  expect(question).toMatchObject({ kind: 'log-tail', args: { placementId, process: 1 } });
  const text = '\x1b[31mERROR\x1b[0m <script>alert(1)</script>\r\nlast\x07';
  const logs = [
    { stream: 'stdout', text },
    { stream: 'stderr', text },
  ];
  await questions.answer(t.db, question!.id, { logs });
  const page = (await t.member.get(shown)).text;
  expect(page).toContain('>ERROR &lt;script&gt;alert(1)&lt;/script&gt;\nlast</pre>');
  expect(page).not.toContain('aria-label="stderr"');
  const other = shown.replace('4001', '4000');
  expect((await t.member.get(other)).text).not.toContain('ERROR');
  const part = await t.member.agent.get(shown).set('HX-Request', 'true');
  expect(part.text).toMatch(/^<div id="log-lines"/);
});

test('a machine that is away, and a log that is not there, are told in words', async () => {
  const ask = async () => {
    const asked = await t.member.post(`${path}/log`, { process: 'test_shop:test_shop_4000' }, path);
    return asked.headers.location!.split('#')[0]!;
  };
  const none = await ask();
  const [first] = await questions.claim(t.db, 'w', 5);
  await questions.answer(t.db, first!.id, { logs: [{ stream: 'stdout', text: null }] });
  expect((await t.member.get(none)).text).toContain('There is nothing to read');
  await t.db('questions').delete();
  const away = await ask();
  const [second] = await questions.claim(t.db, 'w', 5);
  const detail = { host: 'web1', address: '192.0.2.1', reason: 'EHOSTUNREACH' };
  await questions.fail(t.db, second!.id, { code: 'ssh_unreachable', detail });
  expect((await t.member.get(away)).text).toContain('web1 (192.0.2.1) cannot be reached');
});

test('health offers both for each process', async () => {
  const process = { name, state: 'failed' as const, pid: null, since: null, message: null };
  await recordPlacements(t.db, [
    { placementId, state: 'failed', since: null, release: null, message: null, processes: [process] },
  ]);
  const page = (await t.member.get('/projects/test_shop/health')).text;
  expect(page).toContain(`action="${path}/log"`);
  expect(page).toContain(`${path}?process=${encodeURIComponent(name)}`);
  expect((await t.member.get(`${path}?process=${encodeURIComponent(name)}`)).text).toContain(
    'Start test_shop',
  );
});

test('what supervisor does not run is SSHOK or SSHFAIL', async () => {
  for (const [state, word] of [
    ['reachable', 'SSHOK'],
    ['unreachable', 'SSHFAIL'],
  ] as const) {
    await recordPlacements(t.db, [
      { placementId, state, since: null, release: null, message: null, processes: [] },
    ]);
    expect((await t.member.get('/projects/test_shop/health')).text).toContain(`(${word})`);
  }
});

test.each([
  ['\x1b]0;title\x07a\x1b[2Kb\x1bMc', 'abc'],
  ['50%\r100%\r\nend\x00\x9b', '50%\n100%\nend'],
  ['\x1b[', '['],
])('%j is shown as %j', (printed, shown) => {
  expect(plainText(printed)).toBe(shown);
});
