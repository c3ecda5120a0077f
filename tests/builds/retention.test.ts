import { describe, expect, it } from 'vitest';
import { toPrune } from '../../src/builds/retention.ts';
import type { Release } from '../../src/model/release.ts';

function release(number: number, changes: Partial<Release> = {}): Release {
  return {
    ...{ id: `r${number}`, projectId: 'p', name: `test-${number}`, commit: 'c', subject: '', author: '' },
    ...{ committedAt: null, configHash: '', manifestHash: '', files: 1, bytes: 1, state: 'kept' },
    ...{ goodAt: number * 10 + 1, badAt: null, pinned: false, operationId: 'o', builtAt: number * 10 },
    ...changes,
  } as Release;
}
const many = (count: number) => Array.from({ length: count }, (_, index) => release(index + 1));
const ids = (releases: Release[]) => releases.map(({ id }) => id);

describe('toPrune (R51)', () => {
  it('keeps the newest good ones, whatever order they come in', () => {
    expect(ids(toPrune(many(5).reverse(), { keep: 3, protectedIds: [] }))).toEqual(['r1', 'r2']);
  });

  it('never takes what runs twelve back, is queued, or pinned', () => {
    const releases = many(14).map((each) => (each.id === 'r5' ? { ...each, pinned: true } : each));
    const going = ids(toPrune(releases, { keep: 5, protectedIds: new Set(['r2', 'r3']) }));
    expect(going).toEqual(['r1', 'r4', 'r6', 'r7', 'r8', 'r9']);
  });

  it('never takes the last good one after nine failures in a row', () => {
    const failures = Array.from({ length: 9 }, (_, index) => release(index + 2, { goodAt: null }));
    const going = ids(toPrune([release(1), ...failures], { keep: 1, protectedIds: [] }));
    expect(going).toEqual(['r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8']);
    expect(ids(toPrune([release(1)], { keep: 0, protectedIds: [] }))).toEqual([]);
  });

  it('takes an old release for last good that ran well again lately', () => {
    const rolledBack = release(1, { goodAt: 999 });
    expect(ids(toPrune([rolledBack, release(2), release(3)], { keep: 1, protectedIds: [] }))).toEqual([
      'r2',
      'r3',
    ]);
  });

  it('does not touch what is pruned already', () => {
    expect(toPrune([release(1, { state: 'pruned' }), release(2)], { keep: 1, protectedIds: [] })).toEqual([]);
  });
});
