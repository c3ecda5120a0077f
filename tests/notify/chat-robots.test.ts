import { ulid } from 'ulid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { feishu } from '../../src/notify/feishu.ts';
import { wecom } from '../../src/notify/wecom.ts';
import * as channels from '../../src/store/channels.ts';
import * as notices from '../../src/store/notices.ts';
import { FakeFeishu, FakeWecom } from '../lab/chat-robot.ts';
import { freshDatabase } from '../lab/database.ts';
import { PostOffice, plain } from './post-office.ts';

let office: PostOffice;
beforeAll(async () => {
  office = new PostOffice((await freshDatabase()).db);
  office.open();
});
beforeEach(async () => {
  for (const table of ['notices', 'channels']) await office.db(table).delete();
});
afterAll(() => office.close());

async function joined(kind: string, secrets: Record<string, string>, options: Record<string, string>) {
  const sealed = Object.entries(secrets).map(([name, value]) => [name, office.vault.seal(value)]);
  const all = { ...options, ...Object.fromEntries(sealed) };
  const id = await channels.add(office.db, { kind, name: ulid(), groupId: null, options: all });
  await channels.choose(office.db, 'sre', id);
}

const states = async () => (await notices.some(office.db, { limit: 10 })).map(({ state }) => state);
const answers = async () => {
  const [notice] = await notices.some(office.db, { limit: 1 });
  return (await notices.attemptsOf(office.db, notice!.id)).map(({ answer }) => answer);
};
/** The channel waits nearly a minute by its own clock, more than after any other first failure, and keeps its notice. */
const leftAloneForAMinute = async () => {
  const waits = async () => Number((await office.db('channels').first()).wait_until) - Date.now();
  await until('it waits', async () => (await waits()) > 50_000);
  expect(await waits()).toBeLessThanOrEqual(60_000);
  expect(await states()).toEqual(['waiting']);
};
const evil = '[x](http://evil.example) <at user_id="all"></at> @all\n\u202etext';
const long = (index: number, words = '很长的一行') => ({
  ...plain(index),
  lines: Array.from({ length: 400 }, (_, n) => ({
    ...{ key: 'notice.line.reason', detail: { value: `${n} ${words}` } },
  })),
});
const wordsOfOthers = (index: number) => ({
  ...plain(index),
  lines: [{ key: 'notice.line.reason', detail: { value: evil }, path: '/alarms/7' }],
});

describe('a robot of WeCom', () => {
  let robot: FakeWecom;
  beforeEach(async () => {
    robot = await FakeWecom.start('a-key-of-wecom');
    const mobiles = '13800000001';
    await joined('wecom', { key: robot.key }, { mobiles, gateway: robot.gateway });
  });

  test('is told what happened and where to read it, and calls people for bad news alone', async () => {
    await office.tell(1);
    await office.quiet();
    await office.tell(1, (index) => ({ ...plain(index), urgent: true }));
    await office.quiet();
    const [calm, urgent] = robot.heard;
    for (const part of ['Project: n0', 'Operator: Ada', 'https://cedar.example.com/operations/1'])
      expect(calm?.text).toContain(part);
    expect(calm?.mobiles).toEqual([]);
    expect(urgent?.mobiles).toEqual(['13800000001']);
  });

  test('is told as much as it takes, and how much is missing', async () => {
    await office.tell(1, long);
    await office.quiet();
    expect(robot.refused).toEqual([]);
    expect(robot.heard[0]?.text).toMatch(/… \+\d+\nhttps:/);
  });

  test('hears 200 notices in at most twenty messages, none lost', async () => {
    await office.tell(200);
    await office.quiet();
    expect(robot.refused).toEqual([]);
    const told = new Set(
      [
        ...robot.heard
          .map(({ text }) => text)
          .join('\n')
          .matchAll(/Project: n(\d+)/g),
      ].map(([, n]) => n),
    );
    expect(told.size).toBe(200);
  });

  test('is left alone for a minute where it is limited all the same', async () => {
    robot.script.push({ errcode: 45009, errmsg: 'api freq out of limit' });
    await office.tell(1);
    await leftAloneForAMinute();
    expect(robot.requests).toBe(1);
  });

  test('is tried again where it is busy or silent, and given up where its key is wrong', async () => {
    robot.script.push({ errcode: -1, errmsg: 'system busy' }, 'silent');
    await office.tell(1);
    await office.quiet();
    expect(await states()).toEqual(['sent']);
    expect(await answers()).toEqual(['errcode -1: system busy', 'no answer in time', 'errcode 0: ok']);
    robot.script.push({ errcode: 93000, errmsg: 'invalid webhook url' });
    await office.tell(1);
    await office.quiet();
    expect((await states())[0]).toBe('undelivered');
  });

  test('[S60] gets words of others as words', async () => {
    await office.tell(1, wordsOfOthers);
    await office.quiet();
    expect(robot.heard[0]?.text).not.toMatch(/https?:\/\/evil|@all|\u202e/);
    expect(robot.heard[0]?.text).toContain(' https://cedar.example.com/alarms/7\n');
  });
});

describe('a robot of Feishu', () => {
  let robot: FakeFeishu;
  beforeEach(async () => {
    robot = await FakeFeishu.start({ token: 'a-token-of-feishu', secret: 'its secret', keyword: 'cedar' });
    const { token } = robot.rules;
    await joined('feishu', { token, secret: 'its secret' }, { keyword: 'cedar', gateway: robot.gateway });
  });

  test('is told, signed and with its keyword', async () => {
    await office.tell(1);
    await office.quiet();
    expect(robot.refused).toEqual([]);
    for (const part of ['cedar', 'Project: n0', 'https://cedar.example.com/operations/1'])
      expect(robot.heard[0]?.text).toContain(part);
  });

  test.each(['很长的一行', '😀', '"', '<'])('is told as much as its bytes take of %s', async (word) => {
    await office.tell(1, (index) => long(index, word.repeat(600)));
    await office.quiet();
    expect(robot.refused).toEqual([]);
    const [{ text = '', bytes = 0 } = {}] = robot.heard;
    expect(bytes).toBeGreaterThan(14_000);
    expect(text).toMatch(/… \+\d+\nhttps:/);
    expect(text, 'nothing is cut inside a character').not.toMatch(/\p{Cs}/u);
  });

  test('never gets more than five a second', async () => {
    await office.tell(12);
    await office.quiet();
    expect(robot.refused).toEqual([]);
    expect(robot.heard).toHaveLength(12);
  });

  test('is left alone for a minute where it is limited all the same', async () => {
    robot.script.push({ code: 11232, msg: 'create message trigger rate limit' });
    await office.tell(1);
    await leftAloneForAMinute();
    expect(robot.requests).toBe(1);
  });

  test('is given up where its signature is wrong, tried again where it is busy', async () => {
    robot.script.push({ code: 19021, msg: 'sign match fail' });
    await office.tell(1);
    await office.quiet();
    expect(await states()).toEqual(['undelivered']);
    robot.script.push({ code: 1, msg: 'busy' });
    await office.tell(1);
    await office.quiet();
    expect((await states())[0]).toBe('sent');
  });

  test('[S60] gets words of others as words', async () => {
    await office.tell(1, wordsOfOthers);
    await office.quiet();
    expect(robot.heard[0]?.text).not.toMatch(/<at|https?:\/\/evil|\u202e/);
    expect(robot.heard[0]?.text).toContain(' https://cedar.example.com/alarms/7\n');
  });
});

test('[S65] a robot is reached over https at its own gateway, or at hosts that an admin listed', () => {
  const means = { robotHosts: ['chat.example.com'], mailHosts: [], allowLoopback: false, own: [] };
  for (const [channel, secret] of [
    [wecom, 'key'],
    [feishu, 'token'],
  ] as const) {
    const wrong = (gateway: string) => channel.problem?.({ [secret]: 'x', gateway }, means)?.option ?? null;
    expect(wrong('')).toBeNull();
    expect(wrong('https://chat.example.com')).toBeNull();
    for (const gateway of ['https://evil.example', 'http://chat.example.com', 'https://169.254.169.254'])
      expect(wrong(gateway)).toBe('gateway');
    expect(channel.problem?.({ [secret]: '', gateway: '' }, means)?.option).toBe(secret);
  }
});
