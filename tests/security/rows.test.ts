import { expect, test } from 'vitest';
import { filesIn, textOf } from '../house/source.ts';
import { type Row, rows } from './rows.ts';
import { holds, standings } from './standing.ts';
import { tagsIn } from './tags.ts';

const missing = [26, 34, 37, 48, 59, 63, 81];

test('no row is lost, and none stands twice', () => {
  const wanted = Array.from({ length: 96 }, (_, index) => index + 1).filter((n) => !missing.includes(n));
  expect(rows.map(({ id }) => id)).toEqual(wanted.map((n) => `S${n}`));
  expect(rows).toHaveLength(89);
  expect(rows.filter(({ says }) => says.length < 20)).toEqual([]);
});

test('every tag in a test names a row', () => {
  const ids = new Set<string>(rows.map(({ id }) => id));
  const strange = filesIn('tests', '.test.ts')
    .filter((path) => path !== 'tests/security/rows.test.ts')
    .flatMap((path) => tagsIn(textOf(path)).map((id) => ({ path, id })))
    .filter(({ id }) => !ids.has(id));
  expect(strange).toEqual([]);
});

const two: Row[] = [
  { id: 'S1', says: 'one' },
  { id: 'S2', says: 'two', reason: 'not here' },
];

test('a row is proven by passing tests alone', () => {
  const told = [
    { fullName: 'group [S1] tries it', status: 'passed' },
    { fullName: '[S2] and S1 without brackets', status: 'failed' },
  ];
  expect(standings(told, two).map(({ open }) => open)).toEqual([
    null,
    'failing: [S2] and S1 without brackets',
  ]);
  expect(standings([], two).map(({ open }) => open)).toEqual(['no test', 'no test']);
  expect(standings([{ fullName: '[S1]', status: 'skipped' }], two)[0]?.open).toBe('failing: [S1]');
});

test('only an argued reason excuses a row without a test, and nothing a failing one', () => {
  const passed = { fullName: '[S1] is tried', status: 'passed' };
  expect(holds(standings([passed], two))).toBe(true);
  expect(holds(standings([], two))).toBe(false);
  expect(holds(standings([passed, { fullName: '[S2]', status: 'failed' }], two))).toBe(false);
});
