import { describe, expect, test } from 'vitest';
import { csvOf } from '../../src/model/csv.ts';
import { type Delivery, judged } from '../../src/model/delivery.ts';
import { median, metricsOf } from '../../src/model/delivery-metrics.ts';
import { sumsOf } from '../lab/direct-count.ts';

const HOUR = 3_600_000;
let made = 0;

/** One of a project's history; `hour` is when it ended. */
function of(hour: number, over: Partial<Delivery> = {}): Delivery {
  const project = { projectId: 'P', projectKey: 'online_p', environment: 'online', groupId: 'G' };
  const base = { ...project, id: String(++made).padStart(4, '0'), createdAt: 0 };
  const well = { kind: 'deploy', succeeded: true, releaseId: `R${hour}`, committedAt: null, first: true };
  return { ...base, ...well, finishedAt: hour * HOUR, ...over };
}
const verdicts = (history: Delivery[]) =>
  judged(history)
    .sort((one, other) => (one.id < other.id ? -1 : 1))
    .map(({ failed, restoreMs }) => (failed ? (restoreMs === null ? 'down' : restoreMs / HOUR) : 'well'));

describe('a deploy', () => {
  test('that was followed by nothing, or by another deploy, is well', () => {
    expect(verdicts([of(1)])).toEqual(['well']);
    expect(verdicts([of(1), of(2), of(3, { kind: 'promote' })])).toEqual(['well', 'well', 'well']);
  });
  test('that failed is down until the next success, whichever brings it', () => {
    expect(verdicts([of(1, { succeeded: false })])).toEqual(['down']);
    expect(verdicts([of(1, { succeeded: false }), of(4)])).toEqual([3, 'well']);
    const back = of(3, { kind: 'fast-rollback', releaseId: 'R0' });
    expect(verdicts([of(1, { succeeded: false }), of(2, { succeeded: false }), back])).toEqual([2, 1]);
  });
  test('that is rolled back by the next success failed, and is restored by it', () => {
    expect(verdicts([of(1), of(6, { kind: 'rollback', releaseId: 'R0' })])).toEqual([5]);
    const tried = of(2, { kind: 'rollback', releaseId: 'R0', succeeded: false });
    expect(verdicts([of(1), tried])).toEqual(['well']);
    expect(verdicts([of(1), tried, of(6, { kind: 'rollback', releaseId: 'R0' })])).toEqual([5]);
  });
  test('is not blamed for a rollback to itself, or one after a later deploy', () => {
    const [good, bad] = [of(1), of(2, { succeeded: false })];
    expect(verdicts([good, bad, of(4, { kind: 'rollback', releaseId: 'R1' })])).toEqual(['well', 2]);
    expect(verdicts([of(1), of(2), of(3, { kind: 'rollback', releaseId: 'R0' })])).toEqual(['well', 1]);
  });
  test('is judged by its own project alone, in whatever order the history is read', () => {
    const other = of(2, { projectId: 'Q', kind: 'rollback', releaseId: 'R0' });
    expect(verdicts([other, of(1)])).toEqual(['well']);
    expect(verdicts([of(6, { kind: 'rollback', releaseId: 'R0' }), of(1)])).toEqual([5]);
  });
  test('has a lead time where it first brought a commit of a known, earlier time', () => {
    const lead = (over: Partial<Delivery>) => judged([of(5, { committedAt: HOUR, ...over })])[0]?.leadMs;
    expect(lead({})).toBe(4 * HOUR);
    for (const none of [
      { first: false },
      { committedAt: null },
      { succeeded: false },
      { committedAt: 9 * HOUR },
    ])
      expect(lead(none)).toBeNull();
  });
});

test('the four numbers of a history', () => {
  const history = [
    of(10, { committedAt: 8 * HOUR }),
    of(20, { committedAt: 16 * HOUR }),
    of(30, { succeeded: false }),
    of(31, { kind: 'rollback', releaseId: 'R20' }),
    of(40, { committedAt: 30 * HOUR }),
    of(47, { kind: 'fast-rollback', releaseId: 'R20' }),
    of(50, { succeeded: false }),
  ];
  expect(metricsOf([sumsOf(judged(history))], 7)).toEqual({
    ...{ deploys: 3, perDay: 3 / 7, leads: 3, leadMs: 4 * HOUR },
    ...{ ended: 5, failures: 3, failureRate: 0.6, restored: 2, restoreMs: 4 * HOUR },
  });
  expect(metricsOf([], 7)).toEqual({
    ...{ deploys: 0, perDay: 0, leads: 0, leadMs: null },
    ...{ ended: 0, failures: 0, failureRate: null, restored: 0, restoreMs: null },
  });
});

test('the median is the middle one, or the mean of the two in the middle', () => {
  expect(median([[]])).toBeNull();
  expect(median([[], [7]])).toBe(7);
  expect(median([[30, 1], [2]])).toBe(2);
  expect(median([[100, 1, 2, 9]])).toBe(5.5);
});

test('a file is CSV, and no cell of it is a formula', () => {
  const rows = [
    ['a,b', 'say "x"', 'two\nlines', null],
    ['=1+1', '+1', '-1', '@SUM(A1)'],
    ['\t=1', '=",', -1, 2.5],
  ];
  expect(csvOf(rows)).toBe(
    '"a,b","say ""x""","two\nlines",\r\n' + "'=1+1,'+1,'-1,'@SUM(A1)\r\n" + '\'\t=1,"\'="",",-1,2.5\r\n',
  );
});
