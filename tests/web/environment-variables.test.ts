import { afterAll, beforeAll, expect, test } from 'vitest';
import * as environments from '../../src/store/environments.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import { snapshotOf } from '../../src/store/snapshot.ts';
import { type Town, town } from './people.ts';
import { projectFields } from './setup-forms.ts';

let t: Town;
const path = '/environments/test/variables';
beforeAll(async () => {
  t = await town();
  await environments.add(t.db, { name: 'test', production: false, position: 1, settings: {} });
  await t.admin.post('/projects', projectFields({ groupId: t.groupId }));
});
afterAll(() => t.end());

test('all its projects inherit them; a project wins, and a host wins over both', async () => {
  await t.admin.post(path, { variables: 'A=environment\nB=environment\nC=environment' });
  await t.admin.post('/projects/test_till/variables', { variables: 'B=project\nC=project' });
  const project = (await projects.byKey(t.db, 'test_till'))!;
  const host = await hosts.add(t.db, { name: 'one', address: '10.4.0.1', settings: {}, notes: null });
  await hosts.pin(t.db, host.id, { key: 'k', fingerprint: 'SHA256:x', by: 'amy' });
  const env = [{ name: 'C', value: t.vault.seal('host'), secret: false }];
  await placements.add(t.db, { projectId: project.id, hostId: host.id, processes: 1, env });
  const snapshot = await snapshotOf(t.db, project.id, [host.id]);
  expect(snapshot.project.env.map(({ name, value }) => `${name}=${t.vault.open(value)}`)).toEqual([
    'A=environment',
    'B=project',
    'C=project',
  ]);
  const { text } = await t.admin.get('/projects/test_till/template').expect(200);
  expect(text).toContain('A=&#34;environment&#34;,B=&#34;project&#34;,C=&#34;host&#34;');
});

test('their secrets never come back, and what a project inherits is shown there [S70]', async () => {
  await t.admin.post(path, { variables: 'TOKEN=canary-7f3a', secret: 'on' });
  for (const page of [
    path,
    '/environments/test',
    '/projects/test_till/variables',
    '/projects/test_till/template',
  ]) {
    const { text } = await t.admin.get(page).expect(200);
    expect(text, page).not.toContain('canary-');
  }
  expect((await t.admin.get('/projects/test_till/variables')).text).toContain('TOKEN');
  expect((await t.admin.get(path)).text).toMatch(/secret, set · <time datetime="\d{4}-/);
  for (const table of ['environments', 'audit'])
    expect(JSON.stringify(await t.db(table))).not.toContain('canary-');
  await t.admin.post(`${path}/delete`, { name: 'TOKEN' });
  expect((await environments.byName(t.db, 'test'))!.env.map(({ name }) => name)).not.toContain('TOKEN');
});

test('what was typed wrongly comes back at its line; only admins may', async () => {
  const answer = await t.admin.post(path, { variables: 'A=1\nb=2' });
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('Line 2');
  expect(answer.text).toContain('b=2');
  await t.grant({ config: true, deploy: true });
  expect((await t.member.post(path, { variables: 'A=1' })).status).toBe(403);
  expect((await t.admin.get('/environments/none/variables')).status).toBe(404);
  expect((await t.admin.post('/environments/none/variables', { variables: 'A=1' })).status).toBe(404);
});
