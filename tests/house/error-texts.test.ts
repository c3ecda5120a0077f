import { expect, test } from 'vitest';
import { hasText } from '../../src/i18n/index.ts';
import { filesIn, textOf } from './source.ts';

const literal = /new CedarError\(\s*'([\w-]+)'/g;

test('every error that is thrown by name has a text for people', () => {
  const codes = filesIn('src', '.ts').flatMap((path) =>
    [...textOf(path).matchAll(literal)].map(([, code]) => code ?? ''),
  );
  expect(codes.length).toBeGreaterThan(40);
  const silent = [...new Set(codes)].filter(
    (code) => !['error', 'failure'].some((topic) => hasText(`${topic}.${code}`)),
  );
  expect(silent).toEqual([]);
});
