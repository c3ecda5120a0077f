import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { quote } from '../../../src/shells/ssh/quote.ts';

const nasty = [
  ';touch C',
  '$(touch C)',
  '`touch C`',
  '|',
  '&&',
  '\n touch C',
  '\'"',
  '$' + '{IFS}',
  '%0a',
  '>C',
  '~',
];
const more = [
  '*',
  '{a,b}',
  '!',
  '😀',
  '',
  ' ',
  '\\',
  "'",
  "''",
  '-rf',
  '#x',
  'a=b',
  '\t',
  '\r',
  'x'.repeat(65_536),
];

test('a shell turns the line back into the same words', () => {
  const words = [...nasty, ...more];
  const line = quote(['printf', '%s\\0', ...words]);
  const output = execFileSync('/bin/sh', ['-c', line]).toString();
  expect(output.split('\0').slice(0, -1)).toEqual(words);
});

test('plain words stay readable', () => {
  expect(quote(['supervisorctl', 'update', 'online_shop:online_shop_4000'])).toBe(
    'supervisorctl update online_shop:online_shop_4000',
  );
});

test('nothing, and NUL, cannot be said', () => {
  expect(() => quote([])).toThrow();
  expect(() => quote(['a\0b'])).toThrow();
});
