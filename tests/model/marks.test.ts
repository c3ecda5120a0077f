import { expect, test } from 'vitest';
import { type Marked, marksOf } from '../../src/model/marks.ts';
import type { Mute } from '../../src/model/mute.ts';

const AT = 1_800_000_000_000;
const place = {
  projectId: 'p',
  projectKey: 'test_shop',
  groupId: 'g',
  environment: 'test',
  production: false,
};
const failed: Marked = {
  ...{ placementId: 'l', hostId: 'h', hostName: 'web1', place, state: 'failed' },
  ...{ badLooks: 2, busy: false, flips: [] },
};
const mute: Mute = {
  ...{ id: 'm', scope: { kind: 'host', id: 'h' }, reason: 'a new disk', from: AT - 1000, until: AT + 60_000 },
  ...{ hours: null, byName: 'Ada', createdAt: AT - 1000 },
};

test('what is bad is pending until enough looks agree', () => {
  expect(marksOf(failed, [], AT, 2).pending).toEqual({ looks: 2, of: 3 });
  expect(marksOf({ ...failed, badLooks: 3 }, [], AT, 2).pending).toBeNull();
  expect(marksOf({ ...failed, state: 'running', badLooks: 0 }, [], AT, 2).pending).toBeNull();
  expect(marksOf({ ...failed, state: 'unknown' }, [], AT, 2).pending).toBeNull();
});

test('five changes in ten minutes are flapping, four or older ones are not', () => {
  const flips = [1, 2, 3, 4, 5].map((minute) => ({ at: AT - minute * 60_000 }));
  expect(marksOf({ ...failed, flips }, [], AT, 1).flapping).toBe(true);
  expect(marksOf({ ...failed, flips: flips.slice(1) }, [], AT, 1).flapping).toBe(false);
  expect(marksOf({ ...failed, flips }, [], AT + 540_001, 1).flapping).toBe(false);
});

test('a maintenance says why and until when, while it holds and where it is', () => {
  expect(marksOf(failed, [mute], AT, 1).muted).toEqual({ until: AT + 60_000, reason: 'a new disk' });
  expect(marksOf(failed, [mute], AT + 60_000, 1).muted).toBeNull();
  expect(marksOf({ ...failed, hostId: 'other' }, [mute], AT, 1).muted).toBeNull();
});
