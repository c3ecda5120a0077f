import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as environments from '../../src/store/environments.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import { type Town, town } from './people.ts';
import { projectFields, titled } from './setup-forms.ts';

let t: Town;
let hostPath: string;
const path = '/projects/test_till/variables';
beforeAll(async () => {
  t = await town();
  await environments.add(t.db, { name: 'test', production: false, position: 1, settings: {} });
  await t.admin.post('/projects', projectFields({ groupId: t.groupId }));
  await t.grant({ config: true, deploy: false });
  const host = await hosts.add(t.db, { name: 'one', address: '10.4.0.1', settings: {}, notes: null });
  const placed = { projectId: (await projects.byKey(t.db, 'test_till'))!.id, hostId: host.id };
  const { id } = await placements.add(t.db, { ...placed, processes: 1, env: [] });
  hostPath = `/projects/test_till/hosts/${id}`;
});
afterAll(() => t.end());

async function env() {
  const project = await projects.byKey(t.db, 'test_till');
  return project!.env.map(({ name, value, secret }) => ({ name, value: t.vault.open(value), secret }));
}

test('variables are set, changed and removed; values may hold nearly anything', async () => {
  const typed = 'RATE=50%off\nNOTE= "a; b" = \'c\' \n\nURL=http://x/?a=b\n';
  expect((await t.member.post(path, { variables: typed })).status).toBe(303);
  expect(await env()).toEqual([
    { name: 'NOTE', value: ' "a; b" = \'c\' ', secret: false },
    { name: 'RATE', value: '50%off', secret: false },
    { name: 'URL', value: 'http://x/?a=b', secret: false },
  ]);
  await t.member.post(path, { variables: 'RATE=0' });
  await t.member.post(`${path}/delete`, { name: 'NOTE' });
  expect((await env()).map(({ name, value }) => `${name}=${value}`)).toEqual(['RATE=0', 'URL=http://x/?a=b']);
});

test('secrets never come back: not on pages, not in the audit trail, not in the database [S70]', async () => {
  await t.member.post(path, { variables: 'TOKEN=canary-7f3a', secret: 'on' });
  await t.member.post(`${hostPath}/variables`, { variables: 'PIN=canary-9c1b', secret: 'on' });
  for (const page of [path, hostPath, `${hostPath}/variables`, '/projects/test_till/template']) {
    const { text } = await t.admin.get(page).expect(200);
    expect(text).not.toContain('canary-');
  }
  for (const table of ['projects', 'placements', 'audit']) {
    const rows = JSON.stringify(await t.db(table));
    expect(rows).not.toContain('canary-');
    expect(rows).not.toContain(Buffer.from('canary-7f3a').toString('base64').slice(0, 12));
  }
  expect((await t.admin.get(path)).text).toContain('TOKEN');
  for (const page of [path, `${hostPath}/variables`])
    expect((await t.admin.get(page)).text, page).toMatch(/secret, set · <time datetime="\d{4}-/);
  const row = await t.db('audit').where({ action: 'project.variables' }).orderBy('id', 'desc').first();
  expect(JSON.parse(row.after).set).toEqual(['TOKEN (secret)']);
});

describe('what could become another setting is refused, naming its line [S46]', () => {
  test.each(
    [
      ['A=x\ncommand=touch C', 'Line 2'],
      ['a=x', 'Line 1'],
      ['1A=x', 'Line 1'],
      ['A B=x', 'Line 1'],
      ['A', 'Line 1'],
      ['=x', 'Line 1'],
      ['A=x\u0007', 'Line 1'],
      ['A=x\0', 'Line 1'],
      ['A=\u001b[2J', 'Line 1'],
      [`A=${'x'.repeat(8193)}`, 'Line 1'],
      ['[program:x]', 'Line 1'],
      ['A=1\nLD_PRELOAD=/tmp/C.so', 'LD_PRELOAD'],
      ['PATH=/tmp', 'PATH'],
      ['BASH_ENV=/tmp/x', 'BASH_ENV'],
      [Array.from({ length: 201 }, (_, n) => `V${n}=x`).join('\n'), 'At most 200'],
    ]
      .map((row) => [row[1]!, row[0]!] as [string, string])
      .map(titled),
  )('%s %s', async (message, _title, variables) => {
    const before = await env();
    for (const address of [path, `${hostPath}/variables`]) {
      const answer = await t.member.post(address, { variables });
      expect(answer.status).toBe(422);
      expect(answer.text).toContain(message);
    }
    expect(await env()).toEqual(before);
    const row = await t.db('audit').where({ action: 'project.variables' }).orderBy('id', 'desc').first();
    expect(row).toMatchObject({ result: 'refused', reason: 'variables', actor: 'member' });
  });

  test('an admin may set what changes how programs load code', async () => {
    expect((await t.admin.post(path, { variables: 'NODE_OPTIONS=--max-old-space-size=99' })).status).toBe(
      303,
    );
    expect(await env()).toContainEqual(expect.objectContaining({ name: 'NODE_OPTIONS' }));
  });
});
