import { expect, test } from 'vitest';
import { daysBack, weekStarts } from '../../src/web/weeks.ts';

const iso = (moments: number[]) => moments.map((at) => new Date(at).toISOString());
const at = (text: string) => Date.parse(text);

test('weeks begin on Monday, and the last one holds the present', () => {
  expect(iso(weekStarts(at('2026-11-25T12:00:00Z'), 2, 'UTC'))).toEqual([
    '2026-11-16T00:00:00.000Z',
    '2026-11-23T00:00:00.000Z',
    '2026-11-30T00:00:00.000Z',
  ]);
  for (const day of ['2026-11-23T00:00:00Z', '2026-11-29T23:59:59Z'])
    expect(iso(weekStarts(at(day), 1, 'UTC'))[0]).toBe('2026-11-23T00:00:00.000Z');
});

test("by the person's clocks: Sunday evening in London is Monday in Shanghai", () => {
  const sunday = at('2026-11-22T20:00:00Z');
  expect(iso(weekStarts(sunday, 1, 'Europe/London'))[0]).toBe('2026-11-16T00:00:00.000Z');
  expect(iso(weekStarts(sunday, 1, 'Asia/Shanghai'))[0]).toBe('2026-11-22T16:00:00.000Z');
});

test('a week in which clocks change is an hour longer or shorter', () => {
  const starts = weekStarts(at('2026-11-01T00:00:00Z'), 2, 'Europe/Berlin');
  expect(iso(starts)).toEqual([
    '2026-10-18T22:00:00.000Z',
    '2026-10-25T23:00:00.000Z',
    '2026-11-01T23:00:00.000Z',
  ]);
});

test('a day whose midnight is skipped begins with its first hour', () => {
  expect(iso([daysBack(at('2026-04-24T12:00:00Z'), 1, 'Africa/Cairo')])).toEqual([
    '2026-04-23T22:00:00.000Z',
  ]);
  expect(iso([daysBack(at('2026-04-25T12:00:00Z'), 2, 'Africa/Cairo')])).toEqual([
    '2026-04-23T22:00:00.000Z',
  ]);
});

test('seven days are today and the six before', () => {
  expect(iso([daysBack(at('2026-11-23T11:00:00Z'), 7, 'UTC')])).toEqual(['2026-11-17T00:00:00.000Z']);
});
