import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch } from '../../src/deploy/launch.ts';
import * as environments from '../../src/store/environments.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import * as projectFiles from '../../src/store/project-files.ts';
import * as projects from '../../src/store/projects.ts';
import { type Town, town } from './people.ts';
import { projectFields } from './setup-forms.ts';

let t: Town;
let projectId: string;
const path = '/projects/test_till/files';

beforeAll(async () => {
  t = await town();
  await environments.add(t.db, { name: 'test', production: false, position: 1, settings: {} });
  await t.admin.post('/projects', projectFields({ groupId: t.groupId, shared: 'uploads/' }));
  projectId = (await projects.byKey(t.db, 'test_till'))!.id;
  await t.grant({ config: true, deploy: false });
});
afterAll(() => t.end());

const all = () => projectFiles.ofProject(t.db, projectId);

async function fields(over: Record<string, string>): Promise<Record<string, string>> {
  const there = (await all()).find((file) => file.path === over.path);
  const empty = { placed: 'after-build', source: 'text', text: '', url: '' };
  return { ...empty, seen: there?.textId ?? '', ...over };
}

async function save(over: Record<string, string>): Promise<{ status: number; text: string }> {
  return t.member.post(path, await fields(over));
}

async function textOf(file: string): Promise<string> {
  const { textId } = (await all()).find((one) => one.path === file)!;
  return t.vault.open((await projectFiles.texts(t.db, [textId])).get(textId)!);
}

test('a file is added, opened, changed and removed; its text comes back as it was typed', async () => {
  const text = '\nserver {\n\tlisten 80; # "q" <b> ü\n}\n';
  expect((await save({ path: 'etc/site.conf', text })).status).toBe(303);
  expect(await textOf('etc/site.conf')).toBe(text);
  expect((await t.member.get(path)).text).toContain('etc/site.conf');
  expect((await t.member.get(`${path}?file=etc%2Fsite.conf`)).text).toContain(
    'listen 80; # &#34;q&#34; &lt;b&gt; ü',
  );
  await save({ path: 'etc/site.conf', text: 'new', placed: 'before-build' });
  expect(await textOf('etc/site.conf')).toBe('new');
  const row = await t.db('audit').where({ action: 'project.files' }).orderBy('id', 'desc').first();
  const before = { path: 'etc/site.conf', placed: 'after-build' };
  expect(JSON.parse(row.before)).toMatchObject({ ...before, content: expect.stringMatching(/^sha256:/) });
  expect(JSON.parse(row.after)).toMatchObject({ path: 'etc/site.conf', placed: 'before-build' });
  expect(JSON.parse(row.after).content).not.toBe(JSON.parse(row.before).content);
  await t.member.post(`${path}/delete`, { path: 'etc/site.conf' });
  const gone = await t.db('audit').where({ action: 'project.files' }).orderBy('id', 'desc').first();
  expect(JSON.parse(gone.before)).toMatchObject({ path: 'etc/site.conf', placed: 'before-build' });
  expect(await all()).toEqual([]);
  expect(await t.db('file_texts')).toEqual([]);
});

test('what is secret never comes back, stays where nothing is typed, and is replaced as a whole [S70]', async () => {
  await save({ path: 'key.pem', text: 'hushed-1\nhushed-2', secret: 'on' });
  await save({
    path: 'url.txt',
    source: 'url',
    url: 'https://config.example.com/f?token=hushed-3',
    secret: 'on',
  });
  for (const page of [path, `${path}?file=key.pem`, `${path}?file=url.txt`, '/projects/test_till'])
    expect((await t.admin.get(page)).text, page).not.toContain('hushed');
  for (const table of ['project_files', 'file_texts', 'audit'])
    expect(JSON.stringify(await t.db(table))).not.toContain('hushed');
  expect((await save({ path: 'key.pem', secret: 'on', placed: 'before-build' })).status).toBe(303);
  expect(await textOf('key.pem')).toBe('hushed-1\nhushed-2');
  await save({ path: 'key.pem', text: '' });
  expect(await textOf('key.pem')).toBe('');
  expect((await save({ path: 'other.pem', secret: 'on' })).status).toBe(422);
  for (const file of ['key.pem', 'url.txt']) await t.member.post(`${path}/delete`, { path: file });
});

test('two people do not undo one another', async () => {
  await save({ path: 'a', text: '1' });
  expect((await save({ path: 'a', text: '2', seen: '' })).text).toContain('already');
  const old = await fields({ path: 'a', text: '3' });
  await save({ path: 'a', text: '4' });
  expect((await t.member.post(path, old)).status).toBe(409);
  expect(await textOf('a')).toBe('4');
  await t.member.post(`${path}/delete`, { path: 'a' });
});

describe('[S61] what does not belong there is refused at its field, with what was typed', () => {
  const wrong: [string, Record<string, string>][] = [
    ...[
      '/etc/passwd',
      '../x',
      'a/../b',
      '.git/config',
      'a/.git/hooks',
      '-x',
      'a b',
      'a\nb',
      '',
      'x'.repeat(201),
    ].map((one): [string, Record<string, string>] => ['path', { path: one, text: 'kept' }]),
    ['path', { path: 'uploads/x', text: 'kept' }],
    ['path', { path: 'uploads', text: 'kept' }],
    ['placed', { path: 'x', placed: 'never', text: 'kept' }],
    ['text', { path: 'x', text: `kept${'y'.repeat(65_536)}` }],
    ['text', { path: 'x', text: `kept${'y'.repeat(32_768)}`, fill: 'on' }],
    ['text', { path: 'x', text: 'kept {{ NOBODY }}', fill: 'on' }],
    ['text', { path: 'x', text: 'kept {% include "/etc/passwd" %}', fill: 'on' }],
    ['text', { path: 'x', text: 'kept\0' }],
    ...[
      ...[
        '',
        'kept',
        'http://kept.example.com/x',
        'file:///kept',
        'https://kept:b@c/',
        'https://169.254.169.254/kept',
      ],
      ...[
        'https://127.0.0.1/kept',
        'https://localhost/kept',
        'https://[::1]/kept',
        'https://2130706433/kept',
      ],
    ].map((url): [string, Record<string, string>] => [
      'url',
      { path: 'x', source: 'url', url, text: 'kept' },
    ]),
  ];
  test.each(wrong.map(([field, over]) => [field, JSON.stringify(over).slice(0, 70), over] as const))(
    '%s %s',
    async (field, _title, over) => {
      const answer = await save(over);
      expect(answer.status).toBe(422);
      expect(answer.text).toContain('kept');
      expect(answer.text).toMatch(new RegExp(`name="${field}"[^>]*is-invalid`));
      expect(await all()).toEqual([]);
    },
  );
});

test('a file and one below it cannot both be there', async () => {
  await save({ path: 'a/b', text: '' });
  expect((await save({ path: 'a', text: '' })).status).toBe(422);
  expect((await save({ path: 'a/b/c', text: '' })).status).toBe(422);
  await t.member.post(`${path}/delete`, { path: 'a/b' });
});

test('an operation that is under way keeps the text that it began with', async () => {
  const host = await hosts.add(t.db, { name: 'one', address: '10.4.0.1', settings: {}, notes: null });
  await hosts.pin(t.db, host.id, { key: 'k', fingerprint: 'SHA256:x', by: 'amy' });
  await placements.add(t.db, { projectId, hostId: host.id, processes: 1, env: [] });
  await save({ path: 'x', text: 'then' });
  const by = { id: projectId, username: 'amy', displayName: 'Amy' };
  const { snapshot } = await launch(t.db, { kind: 'deploy', projectId, hostIds: [host.id], by });
  await save({ path: 'x', text: 'now' });
  const { textId } = snapshot.project.files![0]!;
  expect(t.vault.open((await projectFiles.texts(t.db, [textId])).get(textId)!)).toBe('then');
  expect(await textOf('x')).toBe('now');
});
