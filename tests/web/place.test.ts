import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Town, town } from './people.ts';

let t: Town;
beforeAll(async () => {
  t = await town();
});
afterAll(() => t.end());

/** Where the language button of a page leads back to. */
function backOf(html: string): string | undefined {
  return /name="next" value="([^"]*)"/.exec(html)?.[1];
}

test('a form shown again leads back to where it is read, not to where it was sent', async () => {
  const shown = await t.admin.post('/profile/password', { current: 'x', password: 'short', again: 'short' });
  expect(shown.status).toBe(422);
  expect(backOf(shown.text)).toBe('/profile');
  const added = await t.admin.post('/groups', { name: '', notes: '' });
  expect(backOf(added.text)).toBe('/groups');
});

test('a page that was read leads back to itself, with its query; a wrong address to the home page', async () => {
  expect(backOf((await t.admin.get('/history?state=failed')).text)).toBe('/history?state=failed');
  expect(backOf((await t.admin.post('/nowhere')).text)).toBe('/');
});
