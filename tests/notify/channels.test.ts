import { expect, test } from 'vitest';
import { hasText, translator } from '../../src/i18n/index.ts';
import type { Channel } from '../../src/notify/channel.ts';
import { channels } from '../../src/notify/index.ts';
import { markdownWords, plainWords } from '../../src/notify/plain-words.ts';
import { say } from '../../src/notify/say.ts';
import { filesIn, root } from '../house/source.ts';

test('every channel that has a file is listed, and every listed one has its texts', async () => {
  const found: string[] = [];
  for (const file of filesIn('src/notify', '.ts')) {
    const exported = Object.values(await import(`${root}/${file}`)) as Partial<Channel>[];
    found.push(...exported.filter((one) => one?.hears && one.send).map((one) => one.name ?? ''));
  }
  expect(channels.map(({ name }) => name).sort()).toEqual(found.sort());
  const keys = channels.flatMap(({ name, options }) => [
    ...[`notices.kind.${name}`, `notices.kind_about.${name}`],
    ...options.flatMap((option) => [`option.${name}.${option.name}`, `option.${name}.${option.name}_hint`]),
  ]);
  expect(keys.filter((key) => !hasText(key))).toEqual([]);
});

test('a failure is said by whichever text it has', () => {
  const t = translator('en');
  const words = (code: string) =>
    say(t, { key: `failure.${code}`, or: `error.${code}`, detail: { host: 'web1' } });
  expect(words('ssh_unreachable')).toBe(t('error.ssh_unreachable', { host: 'web1' }));
  expect(words('of_no_text')).toBe('of_no_text');
});

test.each([
  ['online_shop on web-1.example.com', 'online_shop on web-1.example.com'],
  ['a\r\nb\tc\u0000d', 'a b c d'],
  ['[x](http://evil)', '\\[x\\]\\(http:\u200b//evil\\)'],
  ['**bold** _it_ `code` ~~x~~', '\\*\\*bold\\*\\* \\_it\\_ \\`code\\` \\~\\~x\\~\\~'],
  ['# big', '\\# big'],
  ['1. one', '1\\. one'],
  ['\u202egnp.exe', 'gnp.exe'],
  ['@all', `${String.fromCodePoint(0xff20)}all`],
])('%j becomes %j in markdown', (text, expected) => {
  expect(markdownWords(text)).toBe(expected);
});

test('words are cut where they are too long, in no time', () => {
  const begun = performance.now();
  expect(plainWords('a'.repeat(1_000_000)).length).toBe(500);
  expect(markdownWords('_'.repeat(100_000)).length).toBeLessThan(1100);
  expect(performance.now() - begun).toBeLessThan(200);
});
