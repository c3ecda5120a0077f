import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allEndpoints } from '../../src/web/api/routes.ts';
import { allRoutes } from '../../src/web/routes.ts';
import { wordsIn } from '../lab/canaries.ts';
import { program } from '../web/api/programs.ts';
import { type Town, town } from '../web/people.ts';
import { typeAll, typed } from './kept-secrets.ts';

const dir = mkdtempSync(join(tmpdir(), 'cedar-shown-'));
let t: Town;
let words: Record<string, string>;
beforeAll(async () => {
  t = await town({ CEDAR_DATA_DIR: dir, CEDAR_API_PER_MINUTE: '100000' });
  const { made } = await typeAll(t, dir);
  const { plainVariable: _, ...secret } = typed;
  words = { ...secret, ...made };
});
afterAll(async () => {
  await t?.end();
  rmSync(dir, { recursive: true, force: true });
});

/** Every object that an address can name, by the name of its place. */
async function objects(): Promise<Record<string, string[]>> {
  const ids = (table: string, column = 'id'): Promise<string[]> => t.db(table).pluck(column);
  return {
    project: ['test_shop', 'online_shop'],
    ...{ host: await ids('hosts'), environment: ['test', 'online'], placement: await ids('placements') },
    ...{
      operation: await ids('operations'),
      channel: await ids('channels'),
      group: await ids('project_groups'),
    },
    ...{ user: await ids('users'), entry: await ids('audit'), notice: await ids('notices') },
  };
}

function addresses(path: string, known: Record<string, string[]>): string[] {
  const place = /:(\w+)/.exec(path);
  if (!place) return [path];
  return (known[place[1]!] ?? []).flatMap((value) => addresses(path.replace(place[0], value), known));
}

test('[S70] no page shows a secret again: not in its source, its forms, its script data, the audit or its CSV', async () => {
  const known = await objects();
  const pages = allRoutes.filter(({ method, path }) => method === 'GET' && !path.endsWith('/events'));
  const all = pages.flatMap(({ path }) => addresses(path, known));
  all.push(
    ...['test', 'online'].flatMap((name) =>
      ['key.pem', 'far.pem'].map((file) => `/projects/${name}_shop/files?file=${file}`),
    ),
  );
  let shown = 0;
  for (const path of all) {
    const answer = await t.admin.get(path).buffer(true);
    if (answer.status === 200) shown++;
    expect(wordsIn(`${JSON.stringify(answer.headers)}${answer.text}`, words), path).toEqual([]);
    expect(answer.text ?? '', path).not.toMatch(/v1\.[0-9a-f]{8}\.[\w-]{16}\./);
  }
  expect(shown).toBeGreaterThan(80);
  for (const path of [
    '/projects/test_shop/variables',
    '/projects/test_shop/traffic',
    '/environments/test/variables',
  ])
    expect((await t.admin.get(path)).text, path).toMatch(/secret, set|It is set/);
});

test('[S70] no answer to a program holds one, and no audit row, before or after', async () => {
  const known = await objects();
  const by = await program(t, { scopes: ['read', 'deploy', 'config', 'expand'] });
  const reads = allEndpoints.filter(({ method, path }) => method === 'GET' && !path.endsWith('/events'));
  const all = reads.flatMap(({ path }) => addresses(path, known));
  expect(all.length).toBeGreaterThan(15);
  for (const path of all) {
    const answer = await by.get(path).buffer(true);
    expect(wordsIn(answer.text, words), path).toEqual([]);
    expect(answer.text, path).not.toMatch(/v1\.[0-9a-f]{8}\.[\w-]{16}\./);
  }
  const rows = await t.db('audit');
  expect(rows.length).toBeGreaterThan(20);
  expect(wordsIn(JSON.stringify(rows), { ...words, plain: typed.plainVariable })).toEqual([]);
  const changed = rows.find(
    ({ action, object }) => action === 'project.traffic' && object === 'project:test_shop',
  );
  expect(JSON.parse(changed.after).registry.options.token).toMatch(/^sha256:/);
});

test('[S70] a form that comes back with what was typed wrongly keeps the secret to itself', async () => {
  const secret = 'CanaryOfAWrongForm1234567890';
  const robot = { option_keyword: '', option_format: 'text', option_mobiles: '@all', option_gateway: '' };
  const channel = {
    kind: 'dingtalk',
    name: 'x',
    groupId: '',
    ...robot,
    option_token: secret,
    option_secret: secret,
  };
  const forms: [string, Record<string, string>][] = [
    ['/notices/channels', channel],
    ['/people', { username: 'A B', displayName: '', role: 'user', password: secret, again: secret }],
    ['/sign-in', { username: 'nobody', password: secret }],
  ];
  for (const [path, form] of forms) {
    const answer = await (path === '/sign-in' ? t.nobody : t.admin).post(
      path,
      form,
      path === '/sign-in' ? path : '/profile',
    );
    expect(answer.status, path).toBe(path === '/sign-in' ? 401 : 422);
    expect(answer.text, path).not.toContain(secret);
  }
  expect(JSON.stringify(await t.db('audit'))).not.toContain(secret);
});
