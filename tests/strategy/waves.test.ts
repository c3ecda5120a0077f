import { describe, expect, it } from 'vitest';
import { planSteps } from '../../src/deploy/plan.ts';
import { wavesOf } from '../../src/deploy/waves.ts';
import type { OperationKind } from '../../src/model/operation.ts';
import { defaultStrategy, type Strategy, strategySchema } from '../../src/model/strategy.ts';
import { snapshotFor } from './snapshot.ts';

function shape(strategy: Partial<Strategy>, names = 'abcdefg', kind: OperationKind = 'deploy'): string {
  const waves = wavesOf(kind, snapshotFor(names.split(''), strategy));
  return waves
    .map(({ hosts, gates }) => [...gates, hosts.map((one) => one.name).join('')].join(':'))
    .join(' ');
}

describe('the waves of', () => {
  it('serial are host after host, whatever the size of a batch is', () => {
    expect(shape({ batch: '3' }, 'abc')).toBe('a b c');
  });

  it('batches are of a number, or of a share that is rounded up', () => {
    expect(shape({ kind: 'batches', batch: '3' })).toBe('abc def g');
    expect(shape({ kind: 'batches', batch: '25%' })).toBe('ab cd ef g');
    expect(shape({ kind: 'batches', batch: '1%' }, 'ab')).toBe('a b');
    expect(shape({ kind: 'batches', batch: '100%' })).toBe('abcdefg');
    expect(shape({ kind: 'batches', batch: '9999' }, 'ab')).toBe('ab');
  });

  it('a canary wait once, behind the first hosts, and never change more at once than a batch', () => {
    expect(shape({ kind: 'canary' }, 'abc')).toBe('a wait:b c');
    expect(shape({ kind: 'canary', canary: 3, batch: '2' })).toBe('ab c wait:de fg');
    expect(shape({ kind: 'canary', canary: 9 }, 'abc')).toBe('a b c');
  });

  it('an operation in a hurry neither wait nor ask', () => {
    const strategy = { kind: 'canary', minHealthy: 1, batch: '2' } as const;
    expect(shape(strategy, 'abc')).toBe('healthy:a wait:healthy:bc');
    expect(shape(strategy, 'abc', 'stop')).toBe('ab c');
    expect(shape(strategy, 'abc', 'fast-rollback')).toBe('ab c');
  });
});

it('the plan has its gates where they are passed', () => {
  const steps = planSteps('deploy', snapshotFor(['a', 'b'], { kind: 'canary', minHealthy: 1 }));
  const keys = steps.filter((step) => step.phase === 'activate').map((step) => step.stepKey);
  expect(keys.filter((key) => /^switch|~/.test(key))).toEqual([
    ...['healthy~0', 'switch@a', 'wait~1', 'healthy~1', 'switch@b'],
  ]);
});

it.each([
  ...['0', '-1', '101%', '0%', '1.5', '', '10000', ' 2', '2 %', '٢'].map((batch) => ({ batch })),
  ...[{ canary: 0 }, { waitSeconds: -1 }, { minHealthy: 1.5 }, { maxFailures: 'x' }, { onFailure: 'pray' }],
  { kind: 'all' },
])('%j is no strategy', (wrong) => {
  expect(strategySchema.safeParse({ ...defaultStrategy, ...wrong }).success).toBe(false);
});
