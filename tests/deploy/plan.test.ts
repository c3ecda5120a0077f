import { describe, expect, it } from 'vitest';
import { planSteps } from '../../src/deploy/plan.ts';
import { defaultHostSettings } from '../../src/model/host-settings.ts';
import type { HostSnapshot, OperationKind, Snapshot } from '../../src/model/operation.ts';
import { defaultProjectSettings } from '../../src/model/project.ts';
import type { RegistrySettings } from '../../src/model/registry-settings.ts';

function host(name: string, processes = 1): HostSnapshot {
  const settings = defaultHostSettings;
  return {
    hostId: name,
    placementId: name,
    name,
    address: '10.0.0.1',
    hostKey: '',
    settings,
    processes,
    env: [],
    adoption: null,
  };
}

function snapshot(type = 'nodejs', hosts = [host('a'), host('b')]): Snapshot {
  const project = {
    id: 'p',
    key: 'test_shop',
    environment: 'test',
    production: false,
    type,
    gitUrl: '',
    branch: 'main',
    port: type === 'static' ? null : 4000,
    settings: defaultProjectSettings,
    template: '',
    env: [],
    revision: 1,
  };
  return { project, hosts, params: {} };
}

const keys = (kind: OperationKind, shapes?: Parameters<typeof planSteps>[2], of = snapshot()) =>
  planSteps(kind, of, shapes).map((step) => step.stepKey);

describe('the plan', () => {
  it('of a deploy prepares once, looks at and ships to all hosts, then changes host after host', () => {
    expect(keys('deploy')).toEqual([
      ...[
        'fetch',
        'resolve',
        'build',
        'keep',
        'preflight@a',
        'preflight@b',
        'stage@a',
        'stage@b',
        'switch@a',
      ],
      ...['deregister', 'restart', 'state', 'port', 'http', 'stable', 'register'].map(
        (name) => `${name}@a#0`,
      ),
      'switch@b',
      ...['deregister', 'restart', 'state', 'port', 'http', 'stable', 'register'].map(
        (name) => `${name}@b#0`,
      ),
      ...['remember', 'prune'],
    ]);
  });

  it('writes a changed configuration first, and takes all processes out before it restarts them together', () => {
    const two = snapshot('nodejs', [host('a', 2)]);
    const shapes = new Map([['a', { configurationChanges: true, adopts: false }]]);
    const activate = keys('deploy', shapes, two).filter(
      (key) => key.includes('@a') && !/preflight|stage/.test(key),
    );
    expect(activate.slice(0, 5)).toEqual([
      'configure@a',
      'deregister@a#0',
      'deregister@a#1',
      'switch@a',
      'update@a',
    ]);
    expect(activate).not.toContain('restart@a#0');
  });

  it('adopts a plain folder while its host is out of traffic', () => {
    const shapes = new Map([['a', { configurationChanges: false, adopts: true }]]);
    const of = keys('deploy', shapes, snapshot('nodejs', [host('a')]));
    expect(of.indexOf('adopt@a')).toBeGreaterThan(of.indexOf('deregister@a#0'));
    expect(of.indexOf('adopt@a')).toBeLessThan(of.indexOf('switch@a'));
  });

  it('of a rollback builds nothing, and a fast one asks neither port nor registry', () => {
    expect(keys('rollback')).not.toContain('build');
    expect(keys('rollback')).toContain('http@a#0');
    const fast = keys('fast-rollback');
    for (const name of ['port', 'http', 'stable', 'register', 'deregister'])
      expect(fast).not.toContain(`${name}@a#0`);
    expect(fast).toContain('state@a#0');
  });

  it('of static files restarts nothing', () => {
    expect(
      keys('deploy', undefined, snapshot('static')).some((key) => /restart|update|configure|port/.test(key)),
    ).toBe(false);
  });

  it('of stop takes each process out before it stops it', () => {
    expect(keys('stop', undefined, snapshot('nodejs', [host('a', 2)]))).toEqual([
      ...['preflight@a', 'deregister@a#0', 'deregister@a#1', 'stop@a#0', 'stop@a#1'],
    ]);
  });
});

describe('the plan of a project with a registry', () => {
  function withRegistry(more: Partial<RegistrySettings>, production = true, processes = 2): Snapshot {
    const of = snapshot('nodejs', [host('a', processes)]);
    const { checks, registry } = defaultProjectSettings;
    const settings = {
      ...defaultProjectSettings,
      checks: { ...checks, autotest: true },
      registry: { ...registry, name: 'consul', ...more },
    };
    return { ...of, project: { ...of.project, production, settings } };
  }
  const names = (kind: OperationKind, of: Snapshot, changes = false) =>
    keys(kind, new Map([['a', { configurationChanges: changes, adopts: false }]]), of);

  it('takes all processes out and lets them drain side by side where all restart at once', () => {
    const found = names('deploy', withRegistry({ drainSeconds: 20 }), true);
    const from = found.indexOf('deregister@a#0');
    expect(found.slice(from, from + 6)).toEqual([
      ...['deregister@a#0', 'deregister@a#1', 'drain@a#0', 'drain@a#1', 'switch@a', 'update@a'],
    ]);
  });

  it('drains one process after the other where one restarts after the other', () => {
    const found = names('restart', withRegistry({ drainSeconds: 20 }));
    expect(found.filter((key) => /^(deregister|drain|restart|register)/.test(key))).toEqual(
      [0, 1].flatMap((process) =>
        ['deregister', 'drain', 'restart', 'register'].map((name) => `${name}@a#${process}`),
      ),
    );
    expect(names('restart', withRegistry({ drainSeconds: 0 }))).not.toContain('drain@a#0');
  });

  it.each([
    ['deploy', true],
    ['promote', true],
    ['restart', true],
    ['expansion', true],
    ['put-back', true],
    ['rollback', false],
    ['fast-rollback', false],
    ['stop', false],
  ] as const)('of %s asks the autotest before traffic: %s, and only in production', (kind, asks) => {
    const found = names(kind, withRegistry({}));
    expect(found.includes('autotest@a#1')).toBe(asks);
    if (asks) expect(found.indexOf('autotest@a#1')).toBe(found.indexOf('register@a#1') - 1);
    expect(names(kind, withRegistry({}, false))).not.toContain('autotest@a#1');
  });

  it('looks at the end for what is out where the registry need not succeed', () => {
    expect(names('restart', withRegistry({ required: false })).at(-1)).toBe('all-in');
    expect(names('restart', withRegistry({}))).not.toContain('all-in');
    expect(names('fast-rollback', withRegistry({ required: false }))).not.toContain('all-in');
  });

  it('of putting back restarts nothing', () => {
    const found = names('put-back', withRegistry({ drainSeconds: 20 }, true, 1));
    expect(found).toEqual([
      'preflight@a',
      'state@a#0',
      'port@a#0',
      'http@a#0',
      'stable@a#0',
      'autotest@a#0',
      'register@a#0',
    ]);
  });
});
