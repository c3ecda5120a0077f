import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as channels from '../../src/store/channels.ts';
import * as environments from '../../src/store/environments.ts';
import * as newsRoutes from '../../src/store/news-routes.ts';
import * as notices from '../../src/store/notices.ts';
import { put } from '../../src/store/outbox.ts';
import { FakeDingtalk } from '../lab/dingtalk.ts';
import { PostOffice } from '../notify/post-office.ts';
import { type Town, town } from './people.ts';
import { placeOf } from './setup-forms.ts';

let t: Town;
beforeAll(async () => {
  t = await town({ CEDAR_ALLOW_LOOPBACK_HOSTS: 'true', CEDAR_ROBOT_HOSTS: 'oapi.dingtalk.com, 127.0.0.1' });
});
afterAll(() => t.end());
beforeEach(async () => {
  for (const table of ['audiences', 'channels', 'notices', 'notice_attempts']) await t.db(table).delete();
});

const robot = (over: Record<string, string> = {}) => ({
  ...{ kind: 'dingtalk', name: 'ops', groupId: '', option_token: 'canary-token', option_secret: 'SECcanary' },
  ...{ option_keyword: 'cedar', option_format: 'text', option_mobiles: '', option_gateway: '', ...over },
});
const receiver = (over: Record<string, string> = {}) => ({
  ...{ kind: 'webhook', name: 'ci', groupId: '' },
  ...{ option_url: 'https://ci.example.com/cedar', option_secret: 'sixteen-characters', ...over },
});
const only = async () => (await channels.all(t.db))[0]!;

describe('a robot', () => {
  test('[S65] is added by an admin alone, with its secrets sealed and never shown again', async () => {
    expect((await t.admin.get('/notices/channels/new?kind=dingtalk')).status).toBe(200);
    await t.grant({ config: true, deploy: true });
    expect((await t.member.post('/notices/channels', robot())).status).toBe(403);
    expect(await channels.all(t.db)).toEqual([]);
    const place = placeOf(await t.admin.post('/notices/channels', robot()));
    const channel = await only();
    expect(place).toBe(`/notices/channels/${channel.id}`);
    expect(t.vault.open(channel.options.token ?? '')).toBe('canary-token');
    const page = (await t.admin.get(place)).text;
    expect(page).not.toContain('canary');
    expect(page).toContain('It is set');
    const audit = JSON.stringify(await t.db('audit'));
    expect(audit).toContain('channel.add');
    expect(audit).not.toContain('canary');
  });

  test('keeps its secrets where nothing is typed', async () => {
    const place = placeOf(await t.admin.post('/notices/channels', robot()));
    await t.admin.post(place, robot({ option_token: '', option_secret: '', name: 'renamed' }));
    const channel = await only();
    expect(channel.name).toBe('renamed');
    expect(t.vault.open(channel.options.token ?? '')).toBe('canary-token');
  });

  test('is entered once: two entries would be two counts of its measure', async () => {
    const place = placeOf(await t.admin.post('/notices/channels', robot()));
    const twin = await t.admin.post('/notices/channels', robot({ name: 'twin' }));
    expect(twin.status).toBe(422);
    expect(twin.text).toContain('There is an entry for this one already.');
    expect((await t.admin.post(place, robot({ name: 'renamed' }))).status).toBe(303);
    expect(await channels.all(t.db)).toHaveLength(1);
  });

  test.each([
    ['option_token', ''],
    ['option_gateway', 'https://evil.example.com'],
    ['option_gateway', 'http://169.254.169.254'],
    ['option_gateway', 'javascript:alert(1)'],
    ['option_mobiles', '@all'],
    ['option_keyword', 'x'.repeat(65)],
    ['option_format', 'html'],
    ['name', ''],
  ])('[S65] with %s = %s is refused at the field, and what was typed comes back', async (field, value) => {
    const answer = await t.admin.post('/notices/channels', robot({ name: 'typed-name', [field]: value }));
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('is-invalid');
    if (field !== 'name') expect(answer.text).toContain('typed-name');
    expect(await channels.all(t.db)).toEqual([]);
  });

  test('sends a test message, whose answer the page of the notice shows', async () => {
    const fake = await FakeDingtalk.start({ token: 'canary-token', secret: 'SECcanary' });
    const place = placeOf(await t.admin.post('/notices/channels', robot({ option_gateway: fake.gateway })));
    const notice = placeOf(await t.admin.post(`${place}/test`));
    expect((await t.admin.get(notice)).text).toContain('waiting');
    const office = new PostOffice(t.db);
    office.open();
    await office.quiet();
    await office.close();
    expect(fake.received[0]?.text).toContain('Test of ops by admin');
    const shown = (await t.admin.get(`${notice}/now`)).text;
    expect(shown).toContain('It arrived.');
    expect(shown).toContain('errcode 0: ok');
    expect(shown).not.toContain('<html');
  });
});

describe('a test', () => {
  const workersHere = () =>
    t.db('workers').insert({
      id: 'w'.repeat(26),
      kind: 'worker',
      machine: 'm',
      pid: 1,
      started_at: 1,
      heartbeat_at: Date.now(),
    });
  const sent = async () => {
    const office = new PostOffice(t.db);
    office.open();
    await office.quiet();
    await office.close();
  };

  test('of an alarm looks like one, and says that it is a test', async () => {
    const fake = await FakeDingtalk.start({ token: 'canary-token', secret: 'SECcanary', keyword: 'cedar' });
    const over = { option_gateway: fake.gateway, option_mobiles: '13800000001' };
    const place = placeOf(await t.admin.post('/notices/channels', robot(over)));
    const notice = placeOf(await t.admin.post(`${place}/test`, { shape: 'alarm' }));
    await sent();
    const [told] = fake.received;
    for (const part of [
      'Test of ops by admin: online_example on example-host',
      'New: ',
      '87 s after',
      'roll back',
    ])
      expect(told?.text).toContain(part);
    expect(told?.mobiles).toEqual(['13800000001']);
    expect((await t.admin.get(notice)).text).toContain('It arrived.');
  });

  test('of a webhook carries an alarm too', async () => {
    const place = placeOf(await t.admin.post('/notices/channels', receiver()));
    const notice = placeOf(await t.admin.post(`${place}/test`, { shape: 'alarm' }));
    const [row] = await t.db('notices').where({ id: notice.split('/').pop() });
    expect(JSON.parse(row.body).event).toMatchObject({
      type: 'test',
      data: { kind: 'service', requested_by: 'admin' },
    });
  });

  test('that did not arrive says exactly why not, and whether it is tried again', async () => {
    const fake = await FakeDingtalk.start({ token: 'canary-token', secret: 'another' });
    const place = placeOf(await t.admin.post('/notices/channels', robot({ option_gateway: fake.gateway })));
    const notice = placeOf(await t.admin.post(`${place}/test`));
    expect((await t.admin.get(notice)).text).toContain('No worker runs');
    await workersHere();
    expect((await t.admin.get(notice)).text).toContain('A worker sends it in a moment');
    await sent();
    expect((await t.admin.get(notice)).text).toMatch(
      /It did not arrive, and is not tried again:[\s\S]*errcode 310000: sign not match/,
    );
    const again =
      placeOf(await t.admin.post(`${place}/test`))
        .split('/')
        .pop() ?? '';
    await notices.postpone(t.db, [again], 'no answer in time', 60_000);
    expect((await t.admin.get(`/notices/${again}`)).text).toMatch(
      /It has not arrived yet:[\s\S]*no answer in time[\s\S]*tried again at/,
    );
    await t.db('workers').delete();
  });

  test('has a shape that there is', async () => {
    const place = placeOf(await t.admin.post('/notices/channels', robot()));
    expect((await t.admin.post(`${place}/test`, { shape: 'round' })).status).toBe(422);
  });
});

test('what would be told where is shown as the routes are', async () => {
  await t.db('environments').delete();
  await environments.add(t.db, { name: 'qa', production: false, position: 1, settings: {} });
  await environments.add(t.db, { name: 'online', production: true, position: 2, settings: {} });
  const [team, pager] = [
    await channels.add(t.db, { kind: 'dingtalk', name: 'team-robot', groupId: null, options: {} }),
    await channels.add(t.db, { kind: 'dingtalk', name: 'pager-robot', groupId: null, options: {} }),
  ];
  await channels.choose(t.db, `group:${t.groupId}`, team);
  await newsRoutes.add(t.db, { kind: 'alarm', groupId: null, environment: null, channelId: pager });
  const asked = async (kind: string, environment: string) => {
    const query = new URLSearchParams({ askKind: kind, askGroup: t.groupId, askEnvironment: environment });
    const { text } = await t.admin.get(`/notices/routes?${query}`).expect(200);
    return /What would be told where[\s\S]*/.exec(text)?.[0] ?? '';
  };
  expect(await asked('ticket', 'online')).toMatch(/This is told to:[\s\S]*team-robot/);
  expect(await asked('alarm', 'online')).toMatch(/This is told to:[\s\S]*pager-robot/);
  expect(await asked('alarm', 'qa')).toContain('This is told to nobody.');
  expect(await asked('push', 'qa')).toContain('team-robot');
  expect(await asked('nothing', '"><script>')).not.toMatch(/This is told|<script>/);
});

describe('a mail channel', () => {
  const mail = (over: Record<string, string> = {}) => ({
    ...{ kind: 'email', name: 'post', groupId: '', option_server: 'mail.example.com', option_port: '587' },
    ...{ option_tls: 'starttls', option_user: 'cedar', option_password: 'canary-password', option_ca: '' },
    ...{
      option_sender: 'cedar@example.com',
      option_recipients: 'ada@example.com\r\nbob@example.com',
      ...over,
    },
  });

  test('[S65] is added with its password sealed and never shown again', async () => {
    expect((await t.admin.get('/notices/channels/new?kind=email')).status).toBe(200);
    const place = placeOf(await t.admin.post('/notices/channels', mail()));
    expect(t.vault.open((await only()).options.password ?? '')).toBe('canary-password');
    const page = (await t.admin.get(place)).text;
    expect(page).toContain('bob@example.com');
    expect(page).not.toContain('canary');
  });

  test.each([
    ['option_server', '127.0.0.1:25'],
    ['option_server', '169.254.169.254'],
    ['option_port', '0'],
    ['option_tls', 'none'],
    ['option_tls', 'maybe'],
    ['option_password', ''],
    ['option_sender', 'Cedar <cedar@example.com>'],
    ['option_recipients', 'ada@example.com, nobody'],
    ['option_ca', 'no certificate'],
  ])('[S65] with %s = %s is refused at the field, and what was typed comes back', async (field, value) => {
    const answer = await t.admin.post('/notices/channels', mail({ name: 'typed-name', [field]: value }));
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('is-invalid');
    expect(answer.text).toContain('typed-name');
    expect(answer.text).not.toContain('canary');
    expect(await channels.all(t.db)).toEqual([]);
  });
});

describe('a webhook', () => {
  test('is added for one group or for all', async () => {
    await t.admin.post('/notices/channels', receiver({ groupId: t.groupId }));
    expect(await only()).toMatchObject({ kind: 'webhook', groupId: t.groupId });
    expect((await t.admin.get('/notices/channels')).text).toContain('shop');
  });

  test.each([
    'http://ci.example.com/',
    'https://169.254.169.254/latest',
    'https://[::ffff:169.254.169.254]/',
    'https://user:password@ci.example.com/',
    'ftp://ci.example.com/',
    '//ci.example.com',
  ])('[S65] to %s is refused', async (url) => {
    const answer = await t.admin.post('/notices/channels', receiver({ option_url: url }));
    expect(answer.status).toBe(422);
    expect(await channels.all(t.db)).toEqual([]);
  });

  test('that was switched off says why, and is switched on again', async () => {
    const place = placeOf(await t.admin.post('/notices/channels', receiver()));
    await channels.disable(t.db, (await only()).id, 'connect ECONNREFUSED');
    expect((await t.admin.get(place)).text).toContain('connect ECONNREFUSED');
    await t.admin.post(`${place}/enable`);
    expect((await only()).disabledAt).toBeNull();
  });

  test('that is removed leaves what it had to tell undelivered', async () => {
    const place = placeOf(await t.admin.post('/notices/channels', receiver()));
    await t.admin.post(`${place}/test`);
    await t.admin.post(`${place}/delete`);
    expect(await notices.counts(t.db)).toEqual({ waiting: 0, sent: 0, undelivered: 1 });
    expect((await t.admin.get('/notices?state=undelivered')).text).toContain('channel removed');
  });
});

test('each group, and the SRE team, is told by the robot that an admin chose', async () => {
  await t.admin.post('/notices/channels', robot());
  const { id } = await only();
  const form = { sre: id, [`group_${t.groupId}`]: '' };
  expect((await t.admin.post('/notices/audiences', form)).status).toBe(303);
  expect(await channels.audiences(t.db)).toEqual(new Map([['sre', id]]));
  await t.admin.post('/notices/audiences', { sre: '', [`group_${t.groupId}`]: id });
  expect(await channels.audiences(t.db)).toEqual(new Map([[`group:${t.groupId}`, id]]));
  const wrong = { sre: '01ARZ3NDEKTSV4RRFFQ69G5FAV', [`group_${t.groupId}`]: '' };
  expect((await t.admin.post('/notices/audiences', wrong)).status).toBe(422);
});

test('undelivered notices are found with their reason, and sent again', async () => {
  await t.admin.post('/notices/channels', robot());
  const title = { key: 'notice.line.reason', detail: { value: '<img src=x onerror=alert(1)>' } };
  const body = { told: { title, lines: [title], path: null } };
  const { id: channelId } = await only();
  const id = await put(t.db, { channelId, topic: 'operation', dedupeKey: 'x', body, operationId: null });
  await notices.giveUp(t.db, [id], 'errcode 310000: sign not match');
  const list = (await t.admin.get('/notices?state=undelivered')).text;
  expect(list).toContain('errcode 310000');
  expect(list).toContain('&lt;img src=x');
  expect(list).not.toContain('<img src=x');
  expect((await t.admin.post(`/notices/${id}/again`)).status).toBe(303);
  expect(await notices.byId(t.db, id)).toMatchObject({ state: 'waiting', reason: null });
});

test('long lists are read page by page', async () => {
  await t.admin.post('/notices/channels', receiver());
  const { id: channelId } = await only();
  const event = { type: 'test', timestamp: '', data: {}, path: null };
  for (let index = 0; index < 52; index++)
    await put(t.db, { channelId, topic: 'test', dedupeKey: `k${index}`, body: { event }, operationId: null });
  const first = (await t.admin.get('/notices')).text;
  expect(first.match(/<tr>/g)).toHaveLength(51);
  const older = /href="(\/notices\?before=[^"]+)"/.exec(first)?.[1] ?? '';
  expect((await t.admin.get(older)).text.match(/<tr>/g)).toHaveLength(3);
});
