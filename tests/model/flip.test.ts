import { describe, expect, test } from 'vitest';
import { stretches, uptime } from '../../src/model/flip.ts';
import { changeOf } from '../../src/model/seen-change.ts';

const flip = (at: number, from: 'running' | 'failed' | 'unknown', to: 'running' | 'failed' | 'unknown') => ({
  ...{ at, from, to },
});

describe('stretches', () => {
  test('without any flip it is what it is now', () => {
    expect(stretches([], 'running', 0, 100)).toEqual([{ from: 0, to: 100, state: 'running' }]);
    expect(stretches([], null, 0, 100)).toEqual([{ from: 0, to: 100, state: 'unknown' }]);
  });

  test('have no holes, and begin with what was before the first flip', () => {
    const flips = [flip(30, 'running', 'failed'), flip(50, 'failed', 'running')];
    expect(stretches(flips, 'running', 0, 100)).toEqual([
      { from: 0, to: 30, state: 'running' },
      { from: 30, to: 50, state: 'failed' },
      { from: 50, to: 100, state: 'running' },
    ]);
  });

  test('know what an older flip left', () => {
    expect(stretches([flip(5, 'running', 'failed')], 'failed', 10, 20)).toEqual([
      { from: 10, to: 20, state: 'failed' },
    ]);
  });

  test('add up to the whole time, unknown apart', () => {
    const flips = [
      flip(30, 'running', 'unknown'),
      flip(40, 'unknown', 'failed'),
      flip(60, 'failed', 'running'),
    ];
    expect(uptime(stretches(flips, 'running', 0, 100), 0, 100)).toEqual({
      up: 70,
      down: 20,
      off: 0,
      unknown: 10,
    });
    expect(uptime(stretches([], 'stopped', 0, 100), 0, 100)).toEqual({
      up: 0,
      down: 0,
      off: 100,
      unknown: 0,
    });
    expect(uptime(stretches(flips, 'running', 0, 100), 35, 50)).toEqual({
      up: 0,
      down: 10,
      off: 0,
      unknown: 5,
    });
  });
});

describe('a change', () => {
  const well = { state: 'running' as const, since: 10, checkedAt: 100, badSince: null, badLooks: 0 };

  test('is none on the first look ever', () => {
    const first = changeOf(null, { state: 'failed', since: null }, 100, 30);
    expect(first).toEqual({ since: 100, badSince: 100, badLooks: 1, turns: [] });
  });

  test('is none while the state stays, whose date stays too', () => {
    expect(changeOf(well, { state: 'running', since: null }, 110, 30)).toMatchObject({
      since: 10,
      turns: [],
    });
  });

  test('is one turn, and bad looks are counted from it', () => {
    const once = changeOf(well, { state: 'failed', since: null }, 110, 30);
    expect(once).toEqual({
      ...{ since: 110, badSince: 110, badLooks: 1 },
      turns: [{ at: 110, from: 'running', to: 'failed' }],
    });
    const before = { ...once, state: 'failed' as const, checkedAt: 110 };
    const twice = changeOf(before, { state: 'unreachable', since: null }, 120, 30);
    expect(twice).toMatchObject({ badSince: 110, badLooks: 2 });
    const again = changeOf(
      { ...before, ...twice, checkedAt: 120 },
      { state: 'running', since: 118 },
      130,
      30,
    );
    expect(again).toMatchObject({ since: 118, badSince: null, badLooks: 0 });
  });

  test('a time in which nobody looked is unknown, never what was seen before it', () => {
    expect(changeOf(well, { state: 'running', since: null }, 500, 30)).toMatchObject({
      since: 500,
      turns: [
        { at: 130, from: 'running', to: 'unknown' },
        { at: 500, from: 'unknown', to: 'running' },
      ],
    });
    expect(changeOf(well, { state: 'unknown', since: null }, 500, 30).turns).toEqual([
      { at: 130, from: 'running', to: 'unknown' },
    ]);
  });
});
