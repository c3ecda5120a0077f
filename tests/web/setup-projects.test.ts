import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as environments from '../../src/store/environments.ts';
import * as groups from '../../src/store/groups.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import { type Town, town } from './people.ts';
import { projectFields, projectSettings, titled } from './setup-forms.ts';

let t: Town;
beforeAll(async () => {
  t = await town();
  await environments.add(t.db, { name: 'test', production: false, position: 1, settings: {} });
  await environments.add(t.db, { name: 'online', production: true, position: 2, settings: {} });
});
afterAll(() => t.end());

const form = (over: Record<string, string> = {}) => projectFields({ groupId: t.groupId, ...over });
const settings = (over: Record<string, string> = {}) => projectSettings({ groupId: t.groupId, ...over });

test('an admin adds a project, finds it in the list, changes it and deletes it', async () => {
  const added = await t.admin.post('/projects', form({ name: 'cart', shared: 'uploads/\nconfig.json\n' }));
  expect(added.headers.location).toBe('/projects/test_cart/hosts');
  const project = await projects.byKey(t.db, 'test_cart');
  expect(project).toMatchObject({
    type: 'nodejs',
    port: 4000,
    settings: {
      checks: { port: true, http: false, path: '/healthcheck', code: 200 },
      shared: [
        { path: 'uploads', kind: 'folder' },
        { path: 'config.json', kind: 'file' },
      ],
    },
  });
  expect((await t.admin.get('/projects?environment=test')).text).toContain('/projects/test_cart"');
  expect((await t.admin.get('/projects?environment=online')).text).not.toContain('/projects/test_cart"');
  const change = { revision: '1', ...settings({ branch: 'next', command: 'make' }) };
  expect((await t.admin.post('/projects/test_cart/settings', change)).status).toBe(303);
  const row = await t.db('audit').where({ action: 'project.change', object: 'project:test_cart' }).first();
  expect(JSON.parse(row.after)).toMatchObject({ branch: 'next', build: { command: 'make' } });
  const late = await t.admin.post('/projects/test_cart/settings', change);
  expect(late.status).toBe(409);
  expect(late.text).toContain('Somebody changed this project');
  expect((await t.admin.post('/projects/test_cart/delete', {}, '/projects')).status).toBe(303);
  expect(await projects.byKey(t.db, 'test_cart')).toBeNull();
});

test.each([
  ['nodejs', true, true],
  ['python', true, true],
  ['sh', true, true],
  ['static', false, false],
])('the form of a %s project asks for what the type has', async (type, port, startSeconds) => {
  const page = await t.admin.get(`/projects/new?type=${type}`).expect(200);
  expect(page.text.includes('id="f-port"')).toBe(port);
  expect(page.text.includes('id="f-startSeconds"')).toBe(startSeconds);
});

test('a static site needs no port, a shell job may go without', async () => {
  const plain = { type: 'static', name: 'site', port: '', checkPort: '' };
  const { checkPort: _, checkPath: __, checkCode: ___, ...site } = form(plain);
  const web = { option_reload: '', option_web_port: '', option_web_host: '', option_web_path: '/' };
  expect((await t.admin.post('/projects', { ...site, ...web })).status).toBe(303);
  expect(await projects.byKey(t.db, 'test_site')).toMatchObject({
    port: null,
    settings: { checks: { port: false } },
  });
  const { checkPort: ____, ...job } = form({ type: 'sh', name: 'job', port: '' });
  expect((await t.admin.post('/projects', job)).status).toBe(303);
  const checked = await t.admin.post('/projects', form({ type: 'sh', name: 'job2', port: '' }));
  expect(checked.status).toBe(422);
  expect(checked.text).toContain('Without a port there is nothing to check.');
});

describe('[S36] [S38] [S39] what is typed about a project is judged at its field', () => {
  test.each(
    [
      ...[
        '../../etc',
        '..',
        '.',
        'a/b',
        '/abs',
        '-rf',
        'a\0b',
        'a'.repeat(65),
        'CON',
        'a.',
        'a ',
        '\u202eabc',
        'a;id',
      ].map((value) => ['name', value]),
      ...['$(touch C)', 'A', 'no_such', 'a\nb'].map((value) => ['environment', value]),
      ...[
        'ext::sh -c touch% C',
        '--upload-pack=touch C;git-upload-pack',
        '-uX',
        'file:///etc',
        '/abs/path',
        'http://169.254.169.254/x',
        'https://169.254.169.254/x',
        'https://127.0.0.1/x.git',
        'ssh://-oProxyCommand=x/y',
        'git@-oProxyCommand=x:y',
        'https://u:p@git.example.com/x.git',
        'https://git.example.com/x;touch C',
        'https://git.example.com/../x',
        'https://git.example.com/$(id)',
        'https://git.example.com/a b',
        `https://git.example.com/${'a'.repeat(65_536)}`,
      ].map((value) => ['gitUrl', value]),
      ...[
        '--output=/tmp/C',
        '--upload-pack=x',
        '-f',
        'a..b',
        '@{-1}',
        'HEAD',
        'refs/../x',
        'x;id',
        'a b',
        '*',
        'a'.repeat(300),
        '$(id)',
        '\u{1f600}',
      ].map((value) => ['branch', value]),
      ...['0', '65536', '80;id', '-1', '0x50', '1e3', 'eighty'].map((value) => ['port', value]),
      ...['/abs', '../up', 'a/../b', 'a b', '$(id)', '-rf'].map((value) => ['output', value]),
      ...['/etc/passwd', '../x', 'a;b', 'a\na', 'up/\nup/in', '.', '`id`'].map((value) => ['shared', value]),
      ...['//evil', 'x', '@evil/', 'http://x', '/a b', '/x#y', '/\r\nHost: x'].map((value) => [
        'checkPath',
        value,
      ]),
      ['checkCode', '99'],
      ['timeoutSeconds', '0'],
      ['idleSeconds', '86401'],
      ['stopSeconds', '0'],
      ['keep', '0'],
      ['command', 'a\0b'],
      ['groupId', "' OR 1=1--"],
      ['type', 'java'],
    ].map((row) => titled(row as [string, string])),
  )('%s %s', async (field, _title, value) => {
    const before = await projects.all(t.db);
    const answer = await t.admin.post('/projects', form({ [field]: value }));
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(/invalid-feedback|alert-danger/);
    expect(await projects.all(t.db)).toEqual(before);
    const refusal = await t.db('audit').where({ action: 'project.add' }).orderBy('id', 'desc').first();
    expect(refusal).toMatchObject({ result: 'refused', reason: field });
  });
});

test('[S50] [S55] what was typed comes back with the message, as text and nothing else', async () => {
  const typed = '"><img src=x onerror=alert(1)><%= process.mainModule %>{{7*7}}';
  const answer = await t.admin.post('/projects', form({ name: 'x y', notes: typed }));
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('&lt;img src=x onerror=alert(1)&gt;&lt;%= process.mainModule %&gt;{{7*7}}');
  expect(answer.text).not.toContain('<img src=x');
});

describe('who may set up what', () => {
  test('a member sees the list, configures nothing without the right', async () => {
    await t.grant({ config: false, deploy: true });
    await t.admin.post('/projects', form({ name: 'seen' }));
    expect((await t.member.get('/projects')).text).toContain('/projects/test_seen"');
    for (const path of ['settings', 'hosts', 'variables', 'template'])
      await t.member.get(`/projects/test_seen/${path}`).expect(403);
    await t.member.get('/projects/new').expect(403);
    const posted = await t.member.post('/projects/test_seen/settings', { revision: '1', ...settings() });
    expect(posted.status).toBe(403);
  });

  test('an outsider finds nothing at all', async () => {
    expect((await t.outsider.get('/projects')).text).not.toContain('test_seen');
    for (const path of ['settings', 'hosts', 'variables', 'template'])
      await t.outsider.get(`/projects/test_seen/${path}`).expect(404);
    const posted = await t.outsider.post('/projects/test_seen/delete', {});
    expect(posted.status).toBe(404);
    expect(await projects.byKey(t.db, 'test_seen')).not.toBeNull();
  });

  test('[S28] with the configure right a member sets up test, and production only with both', async () => {
    await t.admin.post('/projects', form({ name: 'shop', port: '4900' }));
    await t.admin.post('/projects', form({ name: 'shop', environment: 'online', port: '5000' }));
    await t.grant({ config: true, deploy: false });
    expect((await t.member.get('/projects/test_shop/settings')).status).toBe(200);
    expect((await t.member.get('/projects/online_shop/settings')).status).toBe(403);
    expect((await t.member.get('/projects/new')).text).not.toContain('value="online"');
    const tried = await t.member.post('/projects', form({ name: 'sly', environment: 'online' }));
    expect(tried.status).toBe(422);
    expect(await projects.byKey(t.db, 'online_sly')).toBeNull();
    await t.grant({ config: true, deploy: true });
    expect((await t.member.get('/projects/online_shop/settings')).status).toBe(200);
  });

  test('nobody moves a project into a group that is not theirs', async () => {
    await t.grant({ config: true, deploy: true });
    await groups.add(t.db, { id: '01ARZ3NDEKTSV4RRFFQ69G5FAV', name: 'others', notes: null });
    const moved = { revision: '1', ...settings({ groupId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }) };
    expect((await t.member.post('/projects/test_seen/settings', moved)).status).toBe(422);
    expect((await projects.byKey(t.db, 'test_seen'))?.groupId).toBe(t.groupId);
    expect((await t.admin.post('/projects/test_seen/settings', moved)).status).toBe(303);
    await t.member.get('/projects/test_seen/settings').expect(404);
  });
});

test("what a type's options may be is judged at their fields, and comes back as it was typed", async () => {
  const { checkPort: _, checkPath: __, checkCode: ___, ...bare } = form({ port: '', name: 'nightly' });
  const { startSeconds: ____, stopSeconds: _____, ...tree } = bare;
  const typed = {
    ...tree,
    type: 'job',
    option_place: 'crontab',
    option_cron_user: '',
    option_schedule: '@daily true\n* * * * 8 <i>x</i>',
  };
  const refused = await t.admin.post('/projects', typed, '/projects/new?type=job');
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('Line 2: this is no time of crontab.');
  expect(refused.text).toContain('* * * * 8 &lt;i&gt;x&lt;/i&gt;');
  const taken = await t.admin.post('/projects', { ...typed, option_schedule: '@daily date +%F' });
  expect(taken.status).toBe(303);
  const site = { ...tree, name: 'pages', type: 'static', option_web_host: '', option_web_path: '/' };
  for (const [option, value] of Object.entries({
    reload: 'nginx -s reload; reboot',
    web_port: '70000',
    web_host: 'a b',
    web_path: '//evil',
  })) {
    const answer = await t.admin.post('/projects', {
      ...site,
      option_reload: '',
      option_web_port: '',
      [`option_${option}`]: value,
    });
    expect(answer.status, option).toBe(422);
  }
  const low = {
    ...form({ port: '105', name: 'war' }),
    type: 'java-tomcat',
    option_home: '/app/tomcat',
    option_war: '',
  };
  const java = {
    ...low,
    option_maven_arguments: 'package',
    option_server_xml: '<Server/>',
    option_setenv: '',
  };
  const answer = await t.admin.post('/projects', java);
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('Too low: this type takes ports below it as well');
});

test('a project with hosts stays, and a new first port is held against its neighbours', async () => {
  const host = await hosts.add(t.db, { name: 'h', address: '10.2.0.1', settings: {}, notes: null });
  for (const [name, port] of Object.entries({ near: '7000', far: '7100' })) {
    await t.admin.post('/projects', form({ name, port }));
    const { id: projectId } = (await projects.byKey(t.db, `test_${name}`))!;
    await placements.add(t.db, { projectId, hostId: host.id, processes: 2, env: [] });
  }
  const moved = await t.admin.post('/projects/test_far/settings', {
    revision: '1',
    ...settings({ port: '7001' }),
  });
  expect(moved.status).toBe(422);
  expect(moved.text).toContain('On h the ports 7001 belong to test_near.');
  const removed = await t.admin.post('/projects/test_far/delete', {});
  expect(removed.status).toBe(409);
  expect(await placements.ofHost(t.db, host.id)).toHaveLength(2);
});
