import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as projects from '../../src/store/projects.ts';
import { type Town, town } from './people.ts';
import { placedIn } from './traffic-places.ts';

let t: Town;
beforeAll(async () => {
  t = await town({ CEDAR_AUTOTEST_URL: 'https://autotest.example.com/run' });
  await placedIn(t, 'till');
});
afterAll(() => t.end());

const path = '/projects/test_till/traffic';
const checks = {
  ...{ checkPort: 'on', checkHttp: 'on', checkPath: '/ready', checkCode: '204' },
  ...{ checkFrom: 'host', checkHeader: 'X-App: shop', checkGood: '3', checkSweep: 'on', autotest: 'on' },
};
const consul = {
  ...{ registry: 'consul', drainSeconds: '20', timeoutSeconds: '5', required: 'on' },
  ...{ option_mode: 'registration', option_agent: 'http://{host}:8500', option_from: 'host' },
  ...{ option_service: '{name}', option_id: '{project}-{port}', option_definition: '' },
};

async function send(over: Record<string, string> = {}) {
  const revision = String((await projects.byKey(t.db, 'test_till'))?.revision);
  return t.admin.post(path, { revision, ...consul, ...checks, option_token: '', ...over }, path);
}

test('traffic and checks are kept; the secret is sealed, stays, and is shown nowhere', async () => {
  const word = 'consul-acl-word-4711';
  expect((await send({ option_token: word })).status).toBe(303);
  const { settings } = (await projects.byKey(t.db, 'test_till'))!;
  expect(settings.checks).toEqual({
    ...{ port: true, http: true, path: '/ready', code: 204 },
    ...{ from: 'host', header: 'X-App: shop', good: 3, sweep: true, autotest: true },
  });
  expect(settings.registry).toMatchObject({
    ...{ name: 'consul', drainSeconds: 20, timeoutSeconds: 5, required: true },
    options: { mode: 'registration', agent: 'http://{host}:8500', from: 'host' },
  });
  expect(t.vault.open(settings.registry.options.token!)).toBe(word);
  expect((await send({ drainSeconds: '30' })).status).toBe(303);
  const after = (await projects.byKey(t.db, 'test_till'))!.settings.registry;
  expect(after).toMatchObject({ drainSeconds: 30 });
  expect(t.vault.open(after.options.token!)).toBe(word);
  const page = await t.admin.get(path).expect(200);
  expect(page.text).not.toContain(word);
  expect(page.text).not.toContain(after.options.token);
  const audited = JSON.stringify(await t.db('audit').where({ action: 'project.traffic' }));
  expect(audited).toContain('drainSeconds');
  expect(audited).not.toContain(word);
  expect(audited).not.toContain(after.options.token);
});

test('each registry asks for what it needs, in both languages', async () => {
  for (const [name, field] of [
    ['none', 'f-checkPath'],
    ['consul', 'f-option_agent'],
    ['nacos', 'f-option_namespace'],
    ['hook', 'f-option_url'],
    ['command', 'f-option_command'],
    ['tcp-line', 'f-option_offset'],
  ]) {
    const page = await t.admin.get(`${path}?registry=${name}`).expect(200);
    expect(page.text, name).toContain(`id="${field}"`);
  }
  await t.admin.post('/language', { language: 'zh-CN' }, path);
  for (const name of ['none', 'consul', 'nacos', 'hook', 'command', 'tcp-line'])
    await t.admin.get(`${path}?registry=${name}`).expect(200);
  await t.admin.post('/language', { language: 'en' }, path);
});

test('a secret of one registry is none of the next', async () => {
  await send({ option_token: 'consul-acl-word-4711' });
  const { option_mode: _, option_agent: __, option_service: ___, option_id: ____, ...rest } = consul;
  const { option_definition: _____, option_from, ...common } = rest;
  const revision = String((await projects.byKey(t.db, 'test_till'))?.revision);
  const line = { option_offset: '-3000', option_out: 'on offline', option_in: '', option_answer: 'OK' };
  const typed = { revision, ...common, ...checks, ...line, option_from, registry: 'tcp-line' };
  expect((await t.admin.post(path, typed, path)).status).toBe(303);
  const { registry } = (await projects.byKey(t.db, 'test_till'))!.settings;
  expect(registry.options).toEqual({
    offset: '-3000',
    from: 'host',
    out: 'on offline',
    in: '',
    answer: 'OK',
  });
});

describe('what is typed is judged at its field, and comes back', () => {
  test.each([
    ['option_agent', 'ftp://consul:8500'],
    ['option_agent', 'http://169.254.169.254/latest'],
    ['option_agent', 'http://user:word@consul:8500'],
    ['option_agent', 'http://{port}.example:8500'],
    ['option_agent', 'http://{host}:8500/{secret}'],
    ['option_agent', 'javascript:alert(1)'],
    ['option_agent', 'http://consul:8500/\r\nX: y'],
    ['option_id', ''],
    ['option_definition', '[1]'],
    ['option_definition', '{'],
    ['option_from', 'elsewhere'],
    ['drainSeconds', '-1'],
    ['drainSeconds', '3601'],
    ['timeoutSeconds', '0'],
    ['checkPath', '//evil.example'],
    ['checkHeader', 'no header'],
    ['checkHeader', 'X: a\r\nY: b'],
    ['checkGood', '0'],
    ['checkCode', '99'],
    ['checkFrom', 'mars'],
    ['registry', 'zookeeper'],
  ])('%s: %j', async (field, value) => {
    const answer = await send({ [field]: value, option_service: 'typed-by-me' });
    expect(answer.status, answer.text).toBe(field === 'registry' ? 400 : 422);
    if (field === 'registry') return;
    expect(answer.text).toMatch(new RegExp(`id="f-${field}-note"[^>]*>[\\s\\S]{0,200}invalid|is-invalid`));
    expect(answer.text).toContain('typed-by-me');
  });
});

test('the autotest needs its service', async () => {
  const bare = await town();
  await placedIn(bare, 'till');
  const typed = { revision: '1', ...checks, registry: 'none', drainSeconds: '0', timeoutSeconds: '5' };
  const answer = await bare.admin.post(path, typed, path);
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('CEDAR_AUTOTEST_URL is not set');
  await bare.end();
});

test('who may only deploy changes nothing here; a form opened before another change is refused', async () => {
  await t.grant({ config: false, deploy: true });
  await t.member.get(path).expect(403);
  await t.outsider.get(path).expect(404);
  expect((await send({ revision: '1' })).status).toBe(409);
});
