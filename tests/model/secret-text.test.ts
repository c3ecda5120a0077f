import { expect, test } from 'vitest';
import { Masker, mask } from '../../src/model/masker.ts';
import { secretsInText } from '../../src/model/secret-text.ts';

const hidden = (file: string, printed: string) => mask(printed, secretsInText(file));

test('what programs tell of a secret file is masked: lines, values, quoted words and passwords', () => {
  expect(hidden('[db]\npassword = hunter-two-2 \n', 'login with hunter-two-2!')).toBe('login with ***!');
  expect(hidden('{"user":"a","password":"correcthorse","x":1}', 'it is correcthorse')).toBe('it is ***');
  expect(hidden('machine h login ada password s3cretS3cret', 'as s3cretS3cret')).toBe('as ***');
  expect(hidden('db.example.com:5432:shop:ada:pa55w0rd1', 'as pa55w0rd1')).toBe('as ***');
  expect(hidden("export TOKEN='abcdefgh ijkl'", 'abcdefgh ijkl')).toBe('***');
  expect(hidden('-----BEGIN KEY-----\r\nMIIabcdef\r\nxy==\r\n', 'MIIabcdef')).toBe('***');
});

test('short lines and addresses stay, or every log would be black', () => {
  expect(secretsInText('[db]\na = 1\nyes\n}\n127.0.0.1\n10.1.2.3:5432\n')).toEqual([]);
});

test('a file of many lines is masked as fast as a short one, wherever it is cut', () => {
  const lines = Array.from({ length: 2000 }, (_, n) => `key_${n}_abcdefghijkl = value-${n}-mnopqrstuvwx`);
  const forms = secretsInText(lines.join('\n'));
  const masker = new Masker(forms);
  const printed = lines.join('\n').repeat(4);
  const started = performance.now();
  let shown = '';
  for (let at = 0; at < printed.length; at += 5003) shown += masker.push(printed.slice(at, at + 5003));
  shown += masker.end();
  expect(shown).not.toMatch(/value-|key_/);
  expect(performance.now() - started).toBeLessThan(5000);
});
