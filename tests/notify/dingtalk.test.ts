import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import * as notices from '../../src/store/notices.ts';
import { freshDatabase } from '../lab/database.ts';
import { FakeDingtalk } from '../lab/dingtalk.ts';
import { PostOffice, plain } from './post-office.ts';

const rules = { token: 'a-token', secret: 'SECsecret', keyword: 'cedar' };
const offices: PostOffice[] = [];
let robot: FakeDingtalk;
let office: PostOffice;

beforeEach(async () => {
  robot = await FakeDingtalk.start({ ...rules });
  office = await officeWith({});
});
afterAll(() => Promise.all(offices.map((one) => one.close())));

async function officeWith(times: ConstructorParameters<typeof PostOffice>[1]): Promise<PostOffice> {
  const made = new PostOffice((await freshDatabase()).db, times);
  offices.push(made);
  return made;
}

/** Words that take more bytes than characters: in UTF-8, behind strokes of markdown, or behind strokes of JSON. */
const endless: Record<string, string> = {
  ...{ Chinese: '很长的一行', faces: '😀', brackets: '[', quotes: '"' },
};
const linesOf = (word: string) =>
  Array.from({ length: 400 }, (_, n) => ({
    ...{ key: 'notice.line.reason', detail: { value: `${n} ${word.repeat(600)}` } },
  }));

describe('a robot', () => {
  test('is told, signed and with its keyword, what happened and where to read it', async () => {
    await office.robot(robot, { keyword: 'cedar' });
    office.open();
    await office.tell(1);
    await office.quiet();
    expect(robot.refused).toEqual([]);
    expect(robot.received).toHaveLength(1);
    expect(robot.received[0]?.text).toContain('cedar Project: n0');
    expect(robot.received[0]?.text).toContain('- Operator: Ada');
    expect(robot.received[0]?.text).toContain('(https://cedar.example.com/operations/1)');
  });

  test('calls by name only whom its settings name, and only for bad news', async () => {
    await office.robot(robot, { keyword: 'cedar', mobiles: '13800000001, 13800000002' });
    office.open();
    await office.tell(1, (index) => ({ ...plain(index), urgent: true }));
    await office.tell(1);
    await office.quiet();
    const [urgent, calm] = robot.received;
    expect(urgent?.mobiles).toEqual(['13800000001', '13800000002']);
    expect(urgent?.text).toContain('@13800000001');
    expect(calm?.mobiles).toEqual([]);
    expect(calm?.text).not.toContain('@');
  });

  test.each(['markdown', 'text'])('[S60] carries words of others as words alone (%s)', async (format) => {
    await office.robot(robot, { keyword: 'cedar', format });
    office.open();
    const evil = '[click](http://evil.example) @all\n# big ![x](https://evil.example/p.png) \u202e<b>';
    const line = { key: 'notice.line.reason', detail: { value: evil } };
    await office.tell(1, (index) => ({ ...plain(index), lines: [line, { ...line, path: '/alarms/7' }] }));
    await office.quiet();
    const text = robot.received[0]?.text ?? '';
    const link = 'https://cedar.example.com/alarms/7';
    expect(text).toContain(format === 'markdown' ? `](${link})` : ` ${link}`);
    expect(text).toContain('click');
    expect(text).not.toMatch(/https?:\/\/evil/);
    if (format === 'markdown') expect(text).not.toMatch(/\]\((?!https:\/\/cedar)/);
    expect(text).not.toContain('@');
    expect(text).not.toContain('\u202e');
    expect(text).not.toMatch(/^#+ big/m);
  });

  test('that refuses for good leaves the notice undelivered, with its words', async () => {
    await office.robot(robot, { keyword: '' });
    robot.rules = { ...rules, secret: 'another', keyword: '' };
    office.open();
    await office.tell(1);
    await office.quiet();
    const [notice] = await notices.some(office.db, { state: 'undelivered', limit: 9 });
    expect(notice?.reason).toContain('310000');
    expect(notice?.attempts).toBe(1);
    expect(await notices.attemptsOf(office.db, notice!.id)).toMatchObject([
      { result: 'refused', code: 200, together: 1 },
    ]);
  });

  test.each([
    [310000, { keyword: 'another' }],
    [300001, { token: 'another' }],
    [310000, { secret: 'another' }],
  ])('that answers %i for %j inside status 200 is not tried again', async (code, over) => {
    await office.robot(robot, { keyword: 'cedar' });
    robot.rules = { ...rules, ...over };
    office.open();
    await office.tell(1);
    await office.quiet();
    expect(robot.refused).toEqual([code]);
    const [notice] = await notices.some(office.db, { limit: 9 });
    expect(notice).toMatchObject({ state: 'undelivered', attempts: 1 });
    expect(notice?.reason).toContain(`errcode ${code}`);
  });

  test.each(['markdown', 'text'])('gets its keyword whatever the words are (%s)', async (format) => {
    robot.rules = { ...rules, keyword: '[cedar_1]' };
    await office.robot(robot, { keyword: '[cedar_1]', format });
    office.open();
    await office.tell(1, (index) => ({
      ...plain(index),
      title: { key: 'notice.line.project', detail: { value: '[cedar_1]' } },
    }));
    await office.tell(1);
    await office.quiet();
    expect(robot.refused).toEqual([]);
    expect(robot.received).toHaveLength(2);
  });

  test.each(
    ['markdown', 'text'].flatMap((format) => Object.keys(endless).map((words) => ({ format, words }))),
  )('is told as much as its bytes take, and how much is missing ($format, $words)', async (how) => {
    await office.robot(robot, { keyword: 'cedar', format: how.format });
    office.open();
    await office.tell(1, (index) => ({ ...plain(index), lines: linesOf(endless[how.words]!) }));
    await office.quiet();
    expect(robot.refused).toEqual([]);
    const [{ text = '', bytes = 0 } = {}] = robot.received;
    expect(bytes).toBeGreaterThan(14_000);
    const missing = Number(/… \+(\d+)$/m.exec(text)?.[1]);
    expect(text.match(/Reason: \d+ /g)).toHaveLength(400 - missing);
    expect(text).toContain('https://cedar.example.com/operations/1');
    expect(text, 'nothing is cut inside a character').not.toMatch(/\p{Cs}/u);
  });

  test('that is busy, cut off, silent or out of order is asked again', async () => {
    await office.robot(robot, { keyword: 'cedar' });
    robot.tricks.push('busy', 'cut', 'silent', 500);
    office.open();
    await office.tell(1);
    await office.quiet();
    expect(robot.received).toHaveLength(1);
    const [notice] = await notices.some(office.db, { limit: 9 });
    expect(notice).toMatchObject({ state: 'sent', attempts: 5 });
    const answers = (await notices.attemptsOf(office.db, notice!.id)).map(({ answer }) => answer);
    expect(answers[0]).toContain('errcode -1');
    expect(answers[2]).toBe('no answer in time');
  });

  test('that was down hears everything when it is back, in one message', async () => {
    await office.robot(robot, { keyword: 'cedar' });
    await robot.down();
    office.open();
    await office.tell(12);
    await until('a try failed', async () =>
      (await notices.some(office.db, { limit: 99 })).some((n) => n.reason),
    );
    await robot.up();
    await office.quiet();
    const all = robot.received.map(({ text }) => text).join('\n');
    for (let index = 0; index < 12; index++) expect(all).toMatch(new RegExp(`Project: n${index}\\b`));
    expect(robot.received.length).toBeLessThanOrEqual(2);
    expect(robot.received.at(-1)?.text).toContain('notices together');
  });

  test.each(['limited', 'frequent'] as const)(
    'that is %s is left alone for its ten minutes',
    async (trick) => {
      const id = await office.robot(robot, { keyword: 'cedar' });
      robot.tricks.push(trick);
      office.open();
      await office.tell(3);
      await until('it was limited', async () => robot.refused.length > 0);
      await until('it waits', async () =>
        Boolean((await office.db('channels').where({ id }).first()).wait_until),
      );
      const row = await office.db('channels').where({ id }).first();
      expect(Number(row.wait_until) - Date.now()).toBeGreaterThan(590_000);
      expect(robot.requests).toHaveLength(1);
      await office.db('channels').where({ id }).update({ wait_until: 0 });
      await office.db('notices').update({ next_at: 0 });
      await office.quiet();
      expect(robot.received).toHaveLength(1);
    },
  );

  test('hears 500 notices in at most twenty messages, from several workers', async () => {
    const { db } = await freshDatabase('mariadb');
    office = new PostOffice(db);
    offices.push(office);
    await office.robot(robot, { keyword: 'cedar' });
    await office.tell(500);
    for (let worker = 0; worker < 3; worker++) office.open();
    await office.quiet(30_000);
    expect(robot.refused).toEqual([]);
    expect(robot.received.length).toBeLessThanOrEqual(20);
    const all = robot.received.map(({ text }) => text).join('\n');
    const told = new Set([...all.matchAll(/Project: n(\d+)/g)].map(([, number]) => Number(number)));
    expect(told.size).toBe(500);
  });

  test('never gets more than its measure, however many windows it takes', async () => {
    robot.rules = { ...rules, perWindow: 20, windowMs: 400 };
    office = await officeWith({ windowMs: 400 });
    await office.robot(robot, { keyword: 'cedar' });
    office.open();
    for (let burst = 0; burst < 4; burst++) {
      await office.tell(18);
      await office.quiet();
    }
    expect(robot.refused).toEqual([]);
    expect(robot.received.length).toBeGreaterThan(20);
  });
});
