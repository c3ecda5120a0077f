import { describe, expect, test } from 'vitest';
import { readSchedule } from '../../src/model/schedule.ts';

const wrong = (text: string) => {
  const read = readSchedule(text);
  return 'wrong' in read ? `${read.wrong.line} ${read.wrong.code}` : 'taken';
};

describe('a schedule', () => {
  test('is read line by line', () => {
    const read = readSchedule('*/5 0-6/2,22 * jan SUN  node a.js --on="1 2"\n\n  @daily\ttrue % x\n');
    expect('lines' in read && read.lines.map(({ when, command }) => [when, command])).toEqual([
      ['*/5 0-6/2,22 * jan SUN', 'node a.js --on="1 2"'],
      ['@daily', 'true % x'],
    ]);
    expect(readSchedule(' \n')).toEqual({ lines: [] });
  });

  test.each([
    '60 * * * * x',
    '* 24 * * * x',
    '* * 0 * * x',
    '* * * 13 * x',
    '* * * * 8 x',
    '*/0 * * * * x',
    '5-1 * * * * x',
    '5/2 * * * * x',
    '1,,2 * * * * x',
    '-1 * * * * x',
    '* * * sun * x',
    '@never x',
    '1e1 * * * * x',
  ])('[S49] takes no time that is none: %s', (text) => {
    expect(wrong(text)).toBe('1 schedule_when');
  });

  test.each([
    ['* * * *', '1 schedule_shape'],
    ['* * * * *', '1 schedule_shape'],
    ['@daily', '1 schedule_shape'],
    ['MAILTO=a@b.c', '1 schedule_shape'],
    ['# a comment that is one', '1 schedule_shape'],
    ['* * * * * root rm -rf /', '1 schedule_user'],
    ['@daily a\n* * * * * a\rb', '2 schedule_control'],
    ['* * * * * a\u2028b', '1 schedule_control'],
    ['* * * * * a\0b', '1 schedule_control'],
    ['@daily a\n@daily   a', '2 schedule_twice'],
    [`@daily ${'a'.repeat(2001)}`, '1 schedule_long'],
    [Array.from({ length: 51 }, (_, index) => `@daily ${index}`).join('\n'), '51 schedule_many'],
  ])('[S49] refuses %j', (text, refusal) => {
    expect(wrong(text)).toBe(refusal);
  });
});
