import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditSealer } from '../../src/deploy/audit-sealer.ts';
import { record } from '../../src/store/audit.ts';
import { type Listener, listen } from '../../src/web/listener.ts';
import { accessibilityProblems, listenForErrors, newVisitor } from '../lab/browser.ts';
import { password, type Town, town } from './people.ts';

let t: Town;
let listener: Listener;
const base = { actor: 'ada', via: 'web', ip: '192.0.2.7', result: 'ok' } as const;

beforeAll(async () => {
  t = await town({ CEDAR_LANGUAGE: 'auto' });
  listener = await listen(t.app, '127.0.0.1', 0);
  const change = { before: { notes: 'old', port: 80 }, after: { notes: 'new', port: 80 } };
  await record(t.db, { ...base, action: 'project.change', object: 'project:test_cart', ...change });
  await record(t.db, { ...base, action: 'host.add', object: 'host:01H', reason: '=1+2, "x"\r\nline' });
  await record(t.db, {
    ...base,
    ...{ actor: 'token:ada/ci', via: 'api', action: 'request', object: 'POST /api/v1/%', result: 'refused' },
  });
});
afterAll(async () => {
  await listener.close();
  await t.end();
});

const shown = async (query: string) => {
  const { text } = await t.admin.get(`/audit?${query}`).expect(200);
  return ['project.change', 'host.add', 'POST /api/v1/%'].filter((part) => text.includes(`>${part}<`));
};

test.each([
  ['person=ada', ['project.change', 'host.add', 'POST /api/v1/%']],
  ['person=ad', []],
  ['action=project.', ['project.change']],
  ['object=host%3A', ['host.add']],
  ['object=%25', []],
  ['result=refused&person=ada', ['POST /api/v1/%']],
  ['person=ada&from=2001-01-01&until=2001-01-02', []],
  ['person=ada&from=2001-01-01', ['project.change', 'host.add', 'POST /api/v1/%']],
  ['text=NEW&person=ada', ['project.change']],
  ['text=192.0.2.7&action=host', ['host.add']],
  ['text=%25&person=ada', ['POST /api/v1/%']],
])('the search by %s finds %j', async (query, expected) => {
  expect(await shown(query)).toEqual(expected);
});

test('a row opens to what it changed, and leads to its object', async () => {
  const { id } = await t.db('audit').where({ action: 'project.change' }).first('id');
  const { text } = await t.admin.get(`/audit/${id}`).expect(200);
  expect(text).toContain('audit-went">- notes: &#34;old&#34;');
  expect(text).toContain('audit-came">+ notes: &#34;new&#34;');
  expect(text).toContain('audit-stayed">  port: 80');
  expect(text).toContain('href="/projects/test_cart"');
  await t.admin.get('/audit/01ARZ3NDEKTSV4RRFFQ69G5FAV').expect(404);
});

test('the list goes on from page to page without a gap', async () => {
  for (let n = 0; n < 120; n++)
    await record(t.db, { ...base, actor: 'bob', action: `many.${n}`, object: 'x:y' });
  const seen: string[] = [];
  for (let path: string | undefined = '/audit?person=bob'; path; ) {
    const { text }: { text: string } = await t.admin.get(path).expect(200);
    seen.push(...[...text.matchAll(/<code>many\.(\d+)</g)].map(([, n]) => n ?? ''));
    path = /href="(\/audit\?[^"]*before=[^"]*)"/
      .exec(text)?.[1]
      ?.replaceAll('&amp;', '&')
      .replaceAll('&#38;', '&');
  }
  expect(seen).toEqual(Array.from({ length: 120 }, (_, n) => String(119 - n)));
});

test('CSV: all rows of the filters, quoted, with formulas made harmless', async () => {
  const row = await t.db('audit').where({ action: 'project.change' }).first();
  const copy = (_: unknown, n: number) => ({
    ...{ ...row, actor: 'carol', id: `${row.id.slice(0, 22)}${String(n).padStart(4, '0')}` },
  });
  const copies = Array.from({ length: 1100 }, copy);
  await t.db.batchInsert('audit', copies, 50);
  const answer = await t.admin.get('/audit/csv?person=carol').expect(200);
  expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(answer.headers['content-disposition']).toMatch(/^attachment; filename=audit-[\d-]+\.csv$/);
  const lines = answer.text.split('\r\n');
  expect([lines.length, lines[0]?.slice(0, 11), lines.at(-1)]).toEqual([1102, 'seq,id,time', '']);
  expect(new Set(lines).size).toBe(1102);
  const risky = await t.admin.get('/audit/csv?action=host.add').expect(200);
  expect(risky.text).toContain(`,host:01H,ok,"'=1+2, ""x""\r\nline",`);
  await t.member.get('/audit/csv').expect(403);
});

test('[S54] what hostile people send is one row, and text on the page', async () => {
  const name = 'eve\r\n{"level":60}\u2028<script>alert(1)</script>';
  const agent = t.nobody.agent;
  const { text } = await t.nobody.get('/sign-in');
  const _csrf = /data-csrf="([^"]*)"/.exec(text)?.[1];
  const sent = { username: name, password: 'wrong', _csrf };
  await agent.post('/sign-in').set('Accept', 'text/html').type('form').send(sent).expect(401);
  const rows = await t.db('audit').where('object', 'like', 'user:eve%');
  expect(rows).toMatchObject([
    { object: `user:${name.replace('\r', '')}`, result: 'refused', action: 'session.begin' },
  ]);
  const page = await t.admin.get('/audit?object=user%3Aeve').expect(200);
  expect(page.text).not.toContain('<script>alert');
  expect(page.text).toContain('&lt;script&gt;alert(1)');
});

test.each([
  ['en', 'light', 1280],
  ['zh-CN', 'dark', 390],
] as const)('%s, %s, %i px wide: nothing wrong with the pages', async (locale, colorScheme, width) => {
  await new AuditSealer(t.db, 'sealer', 1).round();
  const { id } = await t.db('audit').where({ action: 'project.change' }).first('id');
  const viewport = { width, height: 800 };
  const visitor = await newVisitor({ locale, colorScheme, viewport, baseURL: listener.address });
  const tab = await visitor.newPage();
  const errors = listenForErrors(tab);
  await tab.goto('/sign-in');
  await tab.fill('#f-username', 'admin');
  await tab.fill('#f-password', password);
  await Promise.all([tab.waitForURL('/'), tab.keyboard.press('Enter')]);
  for (const path of ['/audit', '/audit?person=nobody-at-all', `/audit/${id}`]) {
    await tab.goto(path);
    expect([path, await accessibilityProblems(tab)]).toEqual([path, []]);
    const wide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
    expect([path, await tab.evaluate(wide)]).toEqual([path, false]);
  }
  expect(errors).toEqual([]);
  await visitor.close();
});
