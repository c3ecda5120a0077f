import { expect, test } from 'vitest';
import { settingsPage } from '../../src/bin/settings-table.ts';
import { textOf } from '../house/source.ts';

test('docs/settings.md is what npm run docs:settings writes', () => {
  expect(textOf('docs/settings.md')).toBe(settingsPage());
});

test('each setting has its row, with its default', () => {
  expect(settingsPage()).toContain('| `CEDAR_PORT` | `8400` | Port on which the web process listens.');
  expect(settingsPage()).toContain('| `DATABASE_URL` | – |');
});
