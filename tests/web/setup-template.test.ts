import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { typeOf } from '../../src/project-types/index.ts';
import * as environments from '../../src/store/environments.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import { type Town, town } from './people.ts';
import { projectFields } from './setup-forms.ts';

let t: Town;
const path = '/projects/test_till/template';
const own = typeOf('nodejs').template ?? '';
beforeAll(async () => {
  t = await town();
  await environments.add(t.db, { name: 'test', production: false, position: 1, settings: {} });
  await t.admin.post('/projects', projectFields({ groupId: t.groupId }));
  const { id: projectId } = (await projects.byKey(t.db, 'test_till'))!;
  for (const [name, hostPath] of Object.entries({ one: '/srv/one', two: '/srv/two' })) {
    const host = await hosts.add(t.db, {
      name,
      address: `${name}.example`,
      settings: { hostPath },
      notes: null,
    });
    await placements.add(t.db, { projectId, hostId: host.id, processes: 2, env: [] });
  }
});
afterAll(() => t.end());

async function stored() {
  const { template, revision } = (await projects.byKey(t.db, 'test_till'))!;
  return { template, revision };
}
const send = async (template: string) =>
  t.admin.post(path, { template, revision: String((await stored()).revision) });

test('the template is shown with its outcome on each host', async () => {
  const page = await t.admin.get(path).expect(200);
  expect(page.text).toContain('/srv/one/test_till');
  expect(page.text).toContain('/srv/two/test_till');
  expect(page.text).not.toContain('not valid');
});

test('a changed template is previewed without being kept, then kept, then reset', async () => {
  const template = own.replace(/^autorestart.*$/m, 'autorestart=unexpected');
  expect(template).not.toBe(own);
  const before = await stored();
  const preview = await t.admin.post(`${path}/preview`, { template, revision: String(before.revision) });
  expect(preview.status).toBe(200);
  expect(preview.text.match(/autorestart=unexpected/g)).toHaveLength(3);
  expect(await stored()).toEqual(before);
  expect((await send(template)).status).toBe(303);
  expect((await stored()).template).toBe(template);
  const row = await t.db('audit').where({ action: 'project.template', result: 'ok' }).first();
  expect(row).toMatchObject({ actor: 'admin', object: 'project:test_till' });
  const stale = await t.admin.post(`${path}/reset`, { revision: String(before.revision) });
  expect(stale.status).toBe(409);
  await t.admin.post(`${path}/reset`, { revision: String((await stored()).revision) });
  expect((await stored()).template).toBeNull();
});

describe('a template that reaches for more than its own program is not kept [S47]', () => {
  test.each([
    ['another listener', `${own}\n[eventlistener:x]\ncommand=touch C\n`],
    ['another program', `${own}\n[program:p2]\ncommand=touch C\n`],
    ['another user', `${own}\nuser=root\n`],
    ['an include', `${own}\n[include]\nfiles=/etc/*\n`],
    ['a server', `${own}\n[unix_http_server]\nfile=/tmp/x\n`],
    ['too many processes', own.replace(/^numprocs *=.*$/m, 'numprocs=100000')],
    ['another folder', own.replace(/^directory *=.*$/m, 'directory=/etc')],
    ['another log', own.replace(/^stdout_logfile *=.*$/m, 'stdout_logfile=/etc/passwd')],
    ['an unknown place', own.replace('{{ directory }}', '{{ constructor }}')],
    ['a broken place', `${own}\n{{ directory`],
    ['a file', `${own}\n{% include '/etc/passwd' %}`],
    ['nothing', ''],
    ['too much', `${own}\n;${'x'.repeat(40_000)}`],
  ])('%s', async (_what, template) => {
    expect(template).not.toBe(own);
    const before = await stored();
    const answer = await send(template);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('invalid-feedback');
    expect(await stored()).toEqual(before);
    const row = await t.db('audit').where({ action: 'project.template' }).orderBy('id', 'desc').first();
    expect(row).toMatchObject({ result: 'refused', reason: 'template' });
  });
});

test('a static project has no template to edit', async () => {
  const { checkPort: _, ...site } = projectFields({
    groupId: t.groupId,
    name: 'site',
    type: 'static',
    port: '',
  });
  const web = { option_reload: '', option_web_port: '', option_web_host: '', option_web_path: '/' };
  const added = await t.admin.post('/projects', { ...site, ...web });
  expect(added.status, added.text).toBe(303);
  expect((await t.admin.get('/projects/test_site/template').expect(200)).text).toContain('No template');
  expect((await t.admin.post('/projects/test_site/template', { template: own, revision: '1' })).status).toBe(
    404,
  );
});
