import { afterAll, beforeAll, expect, test } from 'vitest';
import { hookPlaces } from '../../src/model/hooks.ts';
import * as environments from '../../src/store/environments.ts';
import * as projects from '../../src/store/projects.ts';
import { type Town, town } from './people.ts';
import { projectFields } from './setup-forms.ts';

let t: Town;
const path = '/projects/test_till/hooks';
beforeAll(async () => {
  t = await town();
  await environments.add(t.db, { name: 'test', production: false, position: 1, settings: {} });
  await t.admin.post('/projects', projectFields({ groupId: t.groupId }));
  await t.grant({ config: true, deploy: false });
});
afterAll(() => t.end());

async function fields(over: Record<string, string> = {}): Promise<Record<string, string>> {
  const { revision } = (await projects.byKey(t.db, 'test_till'))!;
  const empty = hookPlaces.flatMap((place) => [
    [`command_${place}`, ''],
    [`seconds_${place}`, '600'],
  ]);
  return { revision: String(revision), ...Object.fromEntries(empty), ...over };
}

const hooks = async () => (await projects.byKey(t.db, 'test_till'))!.settings.hooks;

test('hooks are set, shown, changed in the audit trail, and removed by an empty command', async () => {
  const typed = { 'command_before-switch': 'set -x\n./migrate "$DB"', 'seconds_before-switch': '90' };
  const answer = await t.member.post(path, await fields({ ...typed, 'repeatable_before-switch': 'on' }));
  expect(answer.status).toBe(303);
  const hook = { command: 'set -x\n./migrate "$DB"', timeoutSeconds: 90, repeatable: true };
  expect(await hooks()).toEqual({ 'before-switch': hook });
  expect((await t.member.get(path)).text).toContain('./migrate &#34;$DB&#34;');
  const row = await t.db('audit').where({ action: 'project.hooks' }).orderBy('id', 'desc').first();
  expect(JSON.parse(row.before)).toEqual({ hooks: {} });
  expect(JSON.parse(row.after)).toEqual({ hooks: { 'before-switch': hook } });
  await t.member.post(path, await fields());
  expect(await hooks()).toEqual({});
});

test('what is wrong is told at its field, with what was typed; an older form is refused', async () => {
  const wrong: [string, string][] = [
    ['seconds_after-build', '0'],
    ['seconds_after-build', '86401'],
    ['seconds_after-build', 'ten'],
    ['command_after-build', `x${'y'.repeat(8192)}`],
    ['command_after-build', 'a\0b'],
  ];
  for (const [name, value] of wrong) {
    const answer = await t.member.post(
      path,
      await fields({ 'command_before-build': 'echo kept', [name]: value }),
    );
    expect(answer.status, value.slice(0, 20)).toBe(422);
    expect(answer.text).toContain('echo kept');
    expect(answer.text).toMatch(new RegExp(`name="${name}"[^>]*is-invalid|is-invalid[^>]*name="${name}"`));
  }
  const old = await t.member.post(path, { ...(await fields()), revision: '0' });
  expect(old.status).toBe(409);
  expect(await hooks()).toEqual({});
});

test('code that runs takes the right to configure', async () => {
  await t.grant({ config: false, deploy: true });
  expect((await t.member.post(path, await fields())).status).toBe(403);
  await t.grant({ config: true, deploy: false });
  await environments.update(t.db, 'test', { production: true, position: 1, settings: {} });
  expect((await t.member.post(path, await fields())).status).toBe(403);
});
