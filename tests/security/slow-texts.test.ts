import { createContext, runInContext } from 'node:vm';
import { expect, test } from 'vitest';
import { isAddressRange, prefixOf } from '../../src/auth/token.ts';
import { parseRange } from '../../src/model/address-range.ts';
import { filePath } from '../../src/model/configuration-file.ts';
import { judgeFileUrl } from '../../src/model/file-url.ts';
import { parseGitUrl } from '../../src/model/git-address.ts';
import { isCommit, isGitRef } from '../../src/model/git-ref.ts';
import { parseGivenKey } from '../../src/model/given-host-key.ts';
import { judgeAddress } from '../../src/model/host-address.ts';
import { absolutePath } from '../../src/model/host-settings.ts';
import { mask, maskedForms } from '../../src/model/masker.ts';
import { readSchedule } from '../../src/model/schedule.ts';
import { secretsInText } from '../../src/model/secret-text.ts';
import { username } from '../../src/model/username.ts';
import { commandWords } from '../../src/model/web-options.ts';
import { markdownWords, plainWords } from '../../src/notify/plain-words.ts';
import { checkProgram } from '../../src/supervisor/check-program.ts';
import { readStatus } from '../../src/supervisor/status-text.ts';
import { decodeAnswer } from '../../src/supervisor/xml.ts';
import { safeNext } from '../../src/web/next.ts';
import { settingsShape } from '../../src/web/setup/host-settings-form.ts';
import { patternsOfSource, textsFor } from './slow-patterns.ts';

const rules = { allowLoopback: false, own: ['192.0.2.1'] };
const place = { key: 'test_shop', directory: '/app/shop', logDir: '/log/shop', processes: 1 };

/** All that judges or rewrites what somebody typed, or a machine answered. */
const judges: Record<string, (text: string) => unknown> = {
  address: (text) => judgeAddress(text, rules),
  range: parseRange,
  'range of a token': isAddressRange,
  'prefix of a token': prefixOf,
  'path on a host': (text) => absolutePath.safeParse(text),
  'words of a command': (text) => commandWords.safeParse(text),
  'words of a host': (text) => settingsShape.supervisorctl.safeParse(text),
  'file path': (text) => filePath.safeParse(text),
  'file address': (text) => judgeFileUrl(text, { ...rules, allowInsecure: true }),
  'git address': (text) =>
    parseGitUrl(text, { ...rules, allowInsecure: true } as Parameters<typeof parseGitUrl>[1]),
  'git ref': isGitRef,
  commit: isCommit,
  'host key': parseGivenKey,
  schedule: readSchedule,
  'secret text': secretsInText,
  mask: (text) => mask(text, maskedForms(['a canary of length'])),
  username: (text) => username.safeParse(text),
  'plain words': (text) => plainWords(text),
  'words of markdown': (text) => markdownWords(text),
  program: (text) => checkProgram(text, place),
  status: (text) => readStatus(text, 0),
  xml: decodeAnswer,
  next: safeNext,
};

const long = 100_000;
const texts = [
  'a'.repeat(long) + '!',
  'a.'.repeat(long / 2) + '!',
  ' '.repeat(long) + '!',
  '/a'.repeat(long / 2) + '!',
  `/${'a'.repeat(long)}!`,
  '-'.repeat(long) + '\u0000',
  '\n'.repeat(long) + '!',
  'https://' + 'a@'.repeat(long / 2),
  '1.'.repeat(long / 2) + '!',
  'a=b '.repeat(long / 4) + '"',
  '<a>'.repeat(long / 3),
  '[program:'.repeat(long / 9),
  '%(ENV_'.repeat(long / 6),
];

/** The work of one call in milliseconds: refusing is as good as taking. */
function workOf(judge: (text: string) => unknown, text: string): number {
  const before = process.cpuUsage();
  try {
    judge(text);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

test.each(Object.entries(judges))(
  '[S53] %s is judged in less than 50 ms, however long and crooked',
  (_, judge) => {
    const slow = texts.filter((text) => Math.min(...[1, 2, 3].map(() => workOf(judge, text))) >= 50);
    expect(slow.map((text) => text.slice(0, 20))).toEqual([]);
  },
);

const { patterns, made } = patternsOfSource();

/** Its slowest text, where one takes 50 ms or more each time; what takes seconds is cut off. */
function slowest({ place, pattern }: (typeof patterns)[number], timeout = 10_000): string[] {
  const run = (text: string) => (pattern.global ? text.replace(pattern, '') : pattern.test(text));
  const judge = () =>
    textsFor(pattern)
      .filter((text) => [1, 2, 3].every(() => workOf(run, text) >= 50))
      .map((text) => `${place} on ${JSON.stringify(text.slice(0, 20))}`);
  try {
    return runInContext('judge()', createContext({ judge }), { timeout });
  } catch (error) {
    return [`${place}: ${error}`];
  }
}

test('[S53] every pattern of the source goes once over 100 KB, whatever it is made of', () => {
  expect(patterns.length).toBeGreaterThan(250);
  expect(patterns.flatMap((one) => slowest(one))).toEqual([]);
});

test('[S53] those that are put together are known: each is judged above, or reads only what is ours', () => {
  expect(made).toEqual([
    'src/builds/isolation/kill-all.ts', // the system's list of processes
    'src/config.ts', // our own file of settings
    'src/model/web-options.ts',
    'src/store/sealed.ts', // what we sealed: its parts have fixed lengths
    'src/web/setup/host-settings-form.ts',
  ]);
});

test('[S53] a pattern that goes over a text again and again is found', () => {
  const found = [/\/+$/, /^\/(?:[a-z]+\/?)*$/, /^===[ ]*(\S.*?)[ ]*$/].map((pattern) =>
    slowest({ place: String(pattern), pattern }, 300),
  );
  expect(found.every((problems) => problems.length > 0)).toBe(true);
});
