import { expect, test } from 'vitest';
import { csvOf } from '../../src/model/csv.ts';
import { csvLine } from '../../src/web/audit/csv.ts';

const begins = ['=', '+', '-', '@', '\t', '\r', '\n', ' =', '\uff1d', '\uff0b', '\uff0d', '\uff20'];
const row = {
  ...{ seq: null, hash: null, id: 'i', at: 0, actor: 'a', via: 'web', ip: null, action: 'x', object: 'o' },
  ...{ before: null, after: null, result: 'ok', reason: null, requestId: null },
};

/** The first cell as a spreadsheet reads it. */
const cellOf = (line: string) =>
  /^(?:"((?:[^"]|"")*)"|([^,\r\n]*))/.exec(line)!.slice(1).join('').replaceAll('""', '"');

test.each(begins)('a cell that begins with %j is a text, in every file', (begin) => {
  const typed = `${begin}cmd|' /C calc'!A0, "x"`;
  expect(cellOf(csvOf([[typed, 'b']]))).toBe(`'${typed}`);
  const told = csvLine({ ...row, object: typed } as never).split('1970-01-01T00:00:00.000Z,a,web,,x,')[1]!;
  expect(cellOf(told)).toBe(`'${typed}`);
});

test('what is no formula stays as it is; a negative number stays a number', () => {
  expect(csvOf([['a=b', 'x-y', '', null, -1, 0.5]])).toBe('a=b,x-y,,,-1,0.5\r\n');
});
