import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { CedarError } from '../../src/errors.ts';
import { checkbox, line, many } from '../../src/web/form.ts';
import type { Page } from '../../src/web/page.ts';
import { routes as groups } from '../../src/web/pages/groups.ts';
import { routes as profile } from '../../src/web/pages/profile.ts';
import { routes as signIn } from '../../src/web/pages/sign-in.ts';
import { get, post } from '../../src/web/route.ts';
import { type Town, town } from './people.ts';

const groupOf = async (page: Page) => ({ groupId: page.param('group'), production: page.query('p') === '1' });
const say = async (page: Page) => void page.res.type('text').send('done');
const form = z.object({ name: line(5), many: many(z.enum(['a', 'b'])), on: checkbox });

const routes = [
  ...signIn,
  ...groups,
  ...profile,
  get('/throws', 'public', async () => {
    throw new Error('SELECT secret FROM /etc/passwd');
  }),
  get('/coded', 'public', async () => {
    throw new CedarError('too_many_attempts', { seconds: 7 }, 429);
  }),
  get('/hostile', 'signed-in', async (page) => {
    await page.render('problem', { status: 200, message: page.query('text') ?? '' });
  }),
  get('/see/:group', { permission: 'project.see', of: groupOf }, say),
  get('/configure/:group', { permission: 'project.configure', of: groupOf }, say),
  get('/deploy/:group', { permission: 'project.deploy', of: groupOf }, say),
  get('/nothing/:group', { permission: 'project.see', of: async () => null }, say),
  post('/form', 'signed-in', async (page) => void page.res.json(page.form(form))),
];

let t: Town;
beforeAll(async () => {
  t = await town({}, routes);
});
afterAll(() => t.end());

test('[S21] an error inside shows its request and nothing of the inside', async () => {
  const answer = await t.admin.get('/throws').expect(500);
  expect(answer.text).toMatch(/Request <code>[0-9a-f-]{36}<\/code>/);
  for (const word of ['SELECT', 'passwd', 'node_modules', '    at ']) expect(answer.text).not.toContain(word);
});

test('our own errors speak in the language of the reader', async () => {
  expect((await t.nobody.get('/coded').expect(429)).text).toContain('Try again in 7 seconds.');
  const chinese = await town({ CEDAR_LANGUAGE: 'zh-CN' }, routes);
  const browser = await chinese.admin.get('/coded').expect(429);
  await chinese.end();
  expect(browser.text).toContain('7');
  expect(browser.text).toContain('lang="zh-CN"');
});

test('[S21] [S88] requests that make no sense are 4xx, with the headers', async () => {
  const long = `name=${'a'.repeat(1_100_000)}`;
  const fields = Array.from({ length: 201 }, (_, i) => `f${i}=1`).join('&');
  const big = await t.admin.agent.post('/form').type('form').send(long);
  expect(big.status).toBe(413);
  expect((await t.admin.agent.post('/form').type('form').send(fields)).status).toBe(413);
  expect((await t.admin.get('/see/%E0%A4%A')).status).toBe(400);
  expect((await t.admin.get(`/groups?${fields}`)).status).toBe(400);
  expect(big.headers['content-security-policy']).toBeDefined();
});

test('htmx and streams get plain texts, and htmx is told to sign in', async () => {
  const hx = await t.admin.get('/coded').set('HX-Request', 'true');
  expect(hx.text).toBe('Too many attempts. Try again in 7 seconds.\n');
  const out = await t.nobody.get('/groups').set('HX-Request', 'true');
  expect(out.status).toBe(401);
  expect(out.headers['hx-redirect']).toBe('/sign-in');
});

test('[S50] [S55] what a person typed is shown, not run', async () => {
  const text = '<script>alert(1)</script><%= 1+1 %>';
  const answer = await t.admin.get(`/hostile?text=${encodeURIComponent(text)}`);
  expect(answer.text).not.toContain('<script>alert');
  expect(answer.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&lt;%= 1+1 %&gt;');
  await t.admin.get('/hostile?settings[view%20options][outputFunctionName]=x&client=1').expect(200);
});

const table: [string, string, { config: boolean; deploy: boolean }, number[]][] = [
  ['see', '', { config: false, deploy: false }, [200, 200, 404]],
  ['configure', '', { config: false, deploy: false }, [200, 403, 404]],
  ['configure', '', { config: true, deploy: false }, [200, 200, 404]],
  ['configure', '?p=1', { config: true, deploy: false }, [200, 403, 404]],
  ['configure', '?p=1', { config: true, deploy: true }, [200, 200, 404]],
  ['deploy', '', { config: false, deploy: false }, [200, 200, 404]],
  ['deploy', '?p=1', { config: true, deploy: false }, [200, 403, 404]],
  ['deploy', '?p=1', { config: false, deploy: true }, [200, 200, 404]],
  ['nothing', '', { config: true, deploy: true }, [404, 404, 404]],
];

test.each(table)(
  '%s%s, the member with %j: admin, member, outsider get %j',
  async (what, query, grant, expected) => {
    await t.grant(grant);
    const statuses = [];
    for (const person of [t.admin, t.member, t.outsider])
      statuses.push((await person.get(`/${what}/${t.groupId}${query}`)).status);
    expect(statuses).toEqual(expected);
  },
);

test('what somebody was refused is remembered', async () => {
  await t.grant({ config: false, deploy: false });
  await t.member.get(`/configure/${t.groupId}`).expect(403);
  const row = await t.db('audit').where({ action: 'request', actor: 'member' }).orderBy('id', 'desc').first();
  expect(row).toMatchObject({
    object: `GET /configure/${t.groupId}`,
    result: 'refused',
    reason: 'forbidden',
  });
});

test('[S16] a form from another site is refused, whatever its token', async () => {
  const page = await t.admin.get('/groups');
  const _csrf = /data-csrf="([^"]+)"/.exec(page.text)?.[1];
  const send = (header: string, value: string) =>
    t.admin.agent.post('/form').type('form').set(header, value).send({ name: 'a', _csrf });
  expect((await send('Origin', 'https://evil.example')).status).toBe(403);
  expect((await send('Origin', 'null')).status).toBe(403);
  expect((await send('Sec-Fetch-Site', 'cross-site')).status).toBe(403);
  expect((await send('Sec-Fetch-Site', 'same-site')).status).toBe(403);
  expect((await send('Sec-Fetch-Site', 'same-origin')).status).toBe(200);
});

test('[S32] a form takes its own fields and no others', async () => {
  const good = await t.admin.post('/form', { name: ' ab ', many: ['a', 'b'], on: 'on' }, '/groups');
  expect(good.body).toEqual({ name: 'ab', many: ['a', 'b'], on: true });
  expect((await t.admin.post('/form', { name: 'ab' }, '/groups')).body).toEqual({
    name: 'ab',
    many: [],
    on: false,
  });
  const token = /data-csrf="([^"]+)"/.exec((await t.admin.get('/groups')).text)?.[1];
  const send = (extra: string) =>
    t.admin.agent.post('/form').type('form').send(`name=ab&${extra}=x&${extra}=y&_csrf=${token}`);
  for (const extra of [
    'is_admin',
    'id',
    'constructor.prototype',
    'constructor[prototype]',
    '__proto__[polluted]',
  ])
    expect((await send(extra)).status, extra).toBe(400);
  expect((await send('__proto__')).body).toEqual({ name: 'ab', many: [], on: false });
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  for (const wrong of [{ name: 'abcdef' }, { name: 'a\u0000' }, { name: '' }, { name: 'a', many: 'c' }, {}])
    expect((await t.admin.post('/form', wrong as Record<string, string>, '/groups')).status).toBe(422);
});
