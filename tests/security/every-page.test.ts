import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRoutes } from '../../src/web/routes.ts';
import { filesIn, textOf } from '../house/source.ts';
import { type Town, town } from '../web/people.ts';
import { pagesOf } from './forms-of-pages.ts';
import { Furnished } from './furnished.ts';
import { inAddress, slowOf, tooLong } from './slow-requests.ts';

const hostile = '</script><script>alert(1)</script>\u2028\u2029<!-- ]]>';

let t: Town;
let f: Furnished;
beforeAll(async () => {
  t = await town();
  f = await Furnished.of(t, (longest) => hostile.slice(0, longest));
});
afterAll(() => t.end());

/** The scripts of a page that are not one file of our own each, with nothing within. */
function strange(html: string): string[] {
  const scripts = [...html.matchAll(/<script\b[\s\S]*?<\/script>/gi)].map(([whole]) => whole);
  const ours = /^<script src="\/assets\/[\w./-]+"( defer| type="module")?><\/script>$/;
  const all = html.match(/<\/?script/gi) ?? [];
  return [...scripts.filter((one) => !ours.test(one)), ...all.slice(scripts.length * 2)];
}

test('[S58] no page hands data to its scripts within a script, whatever people, repositories and machines are called', async () => {
  const problems: string[] = [];
  const with2028: string[] = [];
  let charts = 0;
  const pages = pagesOf(f);
  for (const path of pages) {
    const { text, headers, status } = await t.admin.get(path);
    if (status !== 200 || !String(headers['content-type']).startsWith('text/html')) continue;
    problems.push(...strange(text).map((one) => `${path}: ${one.slice(0, 100)}`));
    if (text.includes('&lt;/script&gt;&lt;script&gt;') && text.includes('\u2028')) with2028.push(path);
    if (text.includes('js/statistics')) charts++;
  }
  expect(problems).toEqual([]);
  expect(charts).toBeGreaterThan(0);
  expect(with2028.length).toBeGreaterThan(20);
});

test('[S58] a script with data in it is seen', () => {
  const own = '<script src="/assets/js/cedar.1a2b.js" type="module"></script>';
  expect(strange(own)).toEqual([]);
  const others = ['<script>let a = "x"</script>', '<script type="application/json">{}</script>', '</script>'];
  for (const other of [
    ...others,
    '<script src="/assets/x.js">1</script>',
    '<script src="//x/y.js"></script>',
  ])
    expect(strange(own + other), other).toHaveLength(1);
});

const queries = [
  ...new Set(
    filesIn('src/web', '.ts').flatMap((path) =>
      [...textOf(path).matchAll(/query\('(\w+)'\)/g)].map(([, name]) => name),
    ),
  ),
];

test('[S53] an address or a query as long as may be is answered within a second by every page', async () => {
  const problems: string[] = [];
  const asked = queries.map((name) => `${name}=${inAddress(queries.length)}`).join('&');
  for (const { path } of allRoutes.filter(({ method, path }) => method === 'GET' && !/events$/.test(path))) {
    problems.push(...(await slowOf(`${path}?`, () => t.admin.get(`${f.pathOf(path)}?${asked}`))));
    const parts = path.match(/:/g)?.length ?? 0;
    const crooked = path.replace(/:\w+/g, () => inAddress(parts));
    if (parts > 0) problems.push(...(await slowOf(path, () => t.admin.get(crooked))));
  }
  const whole = await t.admin.get(`/projects/${tooLong}`);
  expect(whole.status).toBe(431);
  expect(problems).toEqual([]);
  expect(queries.length).toBeGreaterThan(20);
});
