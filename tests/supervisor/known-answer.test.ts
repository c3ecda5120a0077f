import { describe, expect, test } from 'vitest';
import { KnownAnswer } from '../../src/supervisor/known-answer.ts';
import { decodeAnswer } from '../../src/supervisor/xml.ts';
import { answerOf, NOW, running, type Told } from './told-processes.ts';

const AT = 1_800_000_000_000;
const SECONDS = 30;
const later = { now: NOW + SECONDS, description: 'pid 4711, uptime 1 day, 1:00:30' };
const other = { name: 'shop_1', pid: 4712 };

const repeats = (before: Told[], after: Told[] | Buffer, passed = SECONDS * 1000) =>
  KnownAnswer.of(answerOf(before), AT)!.isRepeatedBy(
    Buffer.isBuffer(after) ? after : answerOf(after),
    AT + passed,
  );

describe('an answer that is known', () => {
  test('is repeated while nothing but the clock and the words about it differ', () => {
    expect(repeats([running()], [running(later)])).toBe(true);
    const two = (over: Partial<Told>) => [running(over), running({ ...other, ...over })];
    expect(repeats(two({}), two(later))).toBe(true);
    expect(repeats([], [])).toBe(true);
    const stopped = { state: 0, statename: 'STOPPED', pid: 0, description: 'Not started' };
    expect(repeats([running(stopped)], [running({ ...stopped, now: later.now })])).toBe(true);
  });

  test.each<[string, Partial<Told>]>([
    ['pid', { pid: 4719 }],
    ['state', { state: 10 }],
    ["state's name", { statename: 'STOPPED' }],
    ['start', { start: NOW - 90_001 }],
    ['stop', { stop: 1 }],
    ['exit status', { exitstatus: 1 }],
    ['spawn error', { spawnerr: 'x' }],
    ['spawn error of the same length as another', { spawnerr: 'b' }],
    ['name', { name: 'shop_9' }],
    ['group', { group: 'test_shoq' }],
  ])('is not where the %s of any process differs', (what, over) => {
    const before = what.startsWith('spawn error of') ? { spawnerr: 'a' } : {};
    for (const place of [0, 1]) {
      const told = [running(before), running({ ...other, ...before })];
      const after = told.map((one, index) => ({ ...one, ...later, ...(index === place ? over : {}) }));
      expect(repeats(told, after)).toBe(false);
    }
  });

  test('is not where a process has come, gone or changed its place', () => {
    const [one, two] = [running(later), running({ ...other, ...later })];
    expect(repeats([running()], [one, two])).toBe(false);
    expect(repeats([running(), running(other)], [one])).toBe(false);
    expect(repeats([running(), running(other)], [two, one])).toBe(false);
    expect(repeats([running()], [])).toBe(false);
  });

  test('is not where the clock of the host was set', () => {
    for (const seconds of [SECONDS + 60, SECONDS - 60, -3600])
      expect(repeats([running()], [running({ ...later, now: NOW + seconds })])).toBe(false);
    const odd = [running(later), running({ ...other, ...later, now: NOW + 900 })];
    expect(repeats([running(), running(other)], odd)).toBe(false);
    expect(repeats([running()], [running(later)], 3_600_000)).toBe(false);
  });

  test('is not where words about a process are anything but words', () => {
    const markup = 'pid 4711, uptime </string>1:00:30';
    const length = markup.length - later.description.length;
    const before = running({ description: later.description + ' '.repeat(Math.max(0, length)) });
    expect(repeats([before], [running({ ...later, description: markup })])).toBe(false);
  });

  test('names that contain markup are names', () => {
    const trap = '&lt;name&gt;now&lt;/name&gt;&lt;value&gt;&lt;int&gt;1';
    expect(repeats([running({ name: trap })], [running({ ...later, name: trap })])).toBe(true);
    expect(repeats([running({ name: trap })], [running({ ...later, name: trap.replace('1', '2') })])).toBe(
      false,
    );
  });

  test('whatever byte is another: what repeats it reads the same', () => {
    const known = KnownAnswer.of(answerOf([running(), running(other)]), AT)!;
    const plain = answerOf([running(later), running({ ...other, ...later })]);
    const told = essence(plain);
    let repeated = 0;
    for (let at = 0; at < plain.length; at++)
      for (const sign of ['<', '&', '9', 'x', '\0', plain[at]! ^ 1]) {
        const changed = Buffer.from(plain);
        changed[at] = typeof sign === 'string' ? sign.charCodeAt(0) : sign;
        if (!known.isRepeatedBy(changed, AT + SECONDS * 1000)) continue;
        repeated += 1;
        expect(essence(changed)).toEqual(told);
      }
    expect(repeated).toBeGreaterThan(100);
  });

  test('is not kept where it is larger than 64 KiB', () => {
    expect(KnownAnswer.of(Buffer.alloc(64 * 1024), AT)).not.toBeNull();
    expect(KnownAnswer.of(Buffer.alloc(64 * 1024 + 1), AT)).toBeNull();
  });
});

/** All that is made use of, without the clock. */
function essence(answer: Buffer): unknown {
  const all = decodeAnswer(answer.toString()) as Record<string, unknown>[];
  return all.map(({ now, description, ...rest }) => rest);
}
