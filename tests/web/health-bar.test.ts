import { expect, test } from 'vitest';
import { barOf } from '../../src/web/health/bar.ts';

const day = { from: 0, to: 100, parts: 10, firstSeen: 0 };

test('a bar shows the worst of each part, and how much of the known time was up', () => {
  const flips = [
    { at: 31, from: 'running', to: 'failed' },
    { at: 33, from: 'failed', to: 'running' },
    { at: 70, from: 'running', to: 'unknown' },
  ] as const;
  const bar = barOf(flips, 'unknown', day);
  expect(bar.pieces).toEqual([
    { x: 0, width: 3, mood: 'up' },
    { x: 3, width: 1, mood: 'down' },
    { x: 4, width: 3, mood: 'up' },
    { x: 7, width: 3, mood: 'unknown' },
  ]);
  expect(bar.percent).toBe('97.14');
});

test('nothing is claimed of the time before it was seen, nor of what was never seen', () => {
  expect(barOf([], 'running', { ...day, firstSeen: 60 }).pieces).toEqual([
    { x: 0, width: 6, mood: 'empty' },
    { x: 6, width: 4, mood: 'up' },
  ]);
  const never = { percent: null, pieces: [{ x: 0, width: 10, mood: 'empty' }] };
  expect(barOf([], null, { ...day, firstSeen: null })).toMatchObject(never);
});

test('a moment of failure is never a hundred percent', () => {
  const flips = [
    { at: 50, from: 'running', to: 'failed' },
    { at: 50.001, from: 'failed', to: 'running' },
  ] as const;
  expect(barOf(flips, 'running', day).percent).toBe('99.99');
});

test('what somebody stopped is neither up nor down', () => {
  const flips = [{ at: 40, from: 'running', to: 'stopped' }] as const;
  const stopped = barOf(flips, 'stopped', day);
  expect(stopped.pieces).toEqual([
    { x: 0, width: 4, mood: 'up' },
    { x: 4, width: 6, mood: 'off' },
  ]);
  expect(stopped.percent).toBe('100.00');
  expect(barOf([], 'stopped', day)).toMatchObject({ percent: null, pieces: [{ mood: 'off', width: 10 }] });
});
