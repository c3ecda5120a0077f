import { afterAll, beforeAll, expect, test } from 'vitest';
import { countAll } from '../../src/store/asked-weeks.ts';
import { judgeAll } from '../../src/store/judged-deploys.ts';
import { weekStarts } from '../../src/web/weeks.ts';
import { fill } from '../lab/filled.ts';
import { type Browser, type Town, town } from './people.ts';

const PROJECTS = 110;
const OPERATIONS = 21_000;
const AUDIT = 56_000;

let t: Town;
beforeAll(async () => {
  t = await town();
  await fill(t.db, {
    projects: PROJECTS,
    operations: OPERATIONS,
    audit: AUDIT,
    until: Date.now(),
    groups: 3,
  });
  await t.db('environments').update({ production: true });
  await judgeAll(t.db);
  await countAll(t.db);
});
afterAll(() => t.end());

const textOf = async (who: Browser, path: string) => (await who.get(path).expect(200)).text;
const linkIn = (text: string, label: string) =>
  new RegExp(`href="([^"]*)">\\s*${label}`).exec(text)?.[1]?.replaceAll(/&amp;|&#38;/g, '&');

test('more than 20,000 rows of the trail are one file, each once', async () => {
  const warnings: Error[] = [];
  const hear = (warning: Error) => void warnings.push(warning);
  process.on('warning', hear);
  const { text } = await t.admin.get('/audit/csv?action=operation.').expect(200);
  process.off('warning', hear);
  expect(warnings).toEqual([]);
  const lines = text.trimEnd().split('\r\n').slice(1);
  const there = await t.db('audit').where('action', 'like', 'operation.%').count({ n: '*' }).first();
  expect(lines.length).toBe(Number(there?.n));
  expect(lines.length).toBeGreaterThan(20_000);
  expect(new Set(lines.map((line) => line.split(',')[1])).size).toBe(lines.length);
});

test('a text that is nowhere is told soon, and looked for further back by a link, to the end', async () => {
  const first = await textOf(t.admin, '/audit?text=is+nowhere+at+all');
  expect(first).toContain('Looked through back to');
  expect(first).not.toContain('Nothing found');
  const next = linkIn(first, 'Search further back');
  expect(next).toMatch(/text=is\+nowhere\+at\+all.*before=[0-9A-Z]{26}/);
  const last = await textOf(t.admin, next!);
  expect(last).toContain('Nothing found');
  expect(last).not.toContain('Search further back');
});

test('what was done first is found behind the link', async () => {
  const { id, request_id: first } = await t.db('audit').orderBy('id').first();
  const page = await textOf(t.admin, `/audit?text=${first}&result=refused`);
  expect(page).not.toContain(id);
  expect(await textOf(t.admin, linkIn(page, 'Search further back')!)).toContain(id);
});

test('the history’s last pages are read like its first', async () => {
  const ids: string[] = await t.db('operations').orderBy('id', 'desc').pluck('id');
  const shown = (text: string) =>
    [...text.matchAll(/href="\/operations\/([0-9A-Z]{26})"/g)].map(([, id]) => id);
  const last = shown(await textOf(t.admin, `/history?before=${ids[20_900]}`));
  expect(last.slice(0, 50)).toEqual(ids.slice(20_901, 20_951));
});

test('a hundred projects stand in the tables, and all in the files', async () => {
  const text = await textOf(t.admin, '/statistics?weeks=26&days=365');
  const delivery = text.slice(text.indexOf('id="delivery-table"'), text.indexOf('id="weekly"'));
  expect(delivery.match(/<tr class="stat-(group|project)">/g)).toHaveLength(100);
  expect(text.match(/rowspan="3"/g)).toHaveLength(1 + 100);
  expect(text.match(/100 [^<]*/g)?.length).toBeGreaterThan(1);
  const weeks = (await textOf(t.admin, '/statistics/weeks.csv?weeks=26')).trimEnd().split('\r\n').slice(1);
  const since = weekStarts(Date.now(), 26, null)[0]!;
  const there = await t.db('operations').where('created_at', '>=', since).distinct('project_id');
  expect(there.length).toBeGreaterThan(100);
  expect(weeks.length).toBe(there.length * 26);
  const asked = await t.db('operations').where('created_at', '>=', since).count({ n: '*' }).first();
  const numbers = weeks.flatMap((line) => line.split(',').slice(2).map(Number));
  expect(numbers.reduce((sum, number) => sum + number, 0)).toBe(Number(asked?.n));
  const file = await textOf(t.admin, '/statistics/delivery.csv?days=365');
  expect(file.split('\r\n').filter((line) => line.startsWith('project,')).length).toBe(PROJECTS);
});
