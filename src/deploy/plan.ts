import type { OperationKind, Snapshot } from '../model/operation.ts';
import type { Phase } from '../model/step.ts';
import type { NewStep } from '../store/steps.ts';
import {
  type Activate,
  arrive,
  type HostShape,
  push,
  putBack,
  release,
  remove,
  restart,
  stop,
} from './activation.ts';
import { isNeeded } from './needed.ts';
import { restartOne, startOne, stopOne } from './one-process.ts';
import { gate, step } from './plan-step.ts';
import { wavesOf } from './waves.ts';

export type { HostShape } from './activation.ts';

type Plan = {
  prepare: string[];
  preflight: string[];
  stage: string[];
  before?: string[];
  activate: Activate;
  after?: string[];
  finish: string[];
};

const nothing: Activate = () => [];
const builds = [
  ...['fetch', 'fetch-config', 'fetch-files', 'resolve'],
  ...['before-build', 'build', 'assemble', 'write-files', 'after-build', 'keep'],
];
const remembers = ['remember', 'prune'];
const looksFirst = { prepare: [], preflight: ['preflight'], stage: [] };

/**
 * The table of the plans: which steps each kind of operation takes, phase by phase. Steps that a project has nothing
 * for, such as the hooks that it does not have, are left out.
 */
const plans: Record<OperationKind, Plan> = {
  deploy: {
    prepare: builds,
    preflight: ['preflight'],
    stage: ['stage'],
    before: ['before-switch'],
    activate: release(true, 'forth'),
    after: ['after-switch'],
    finish: [...remembers, 'all-in'],
  },
  prepare: { prepare: builds, preflight: ['compare'], stage: [], activate: nothing, finish: [] },
  promote: {
    prepare: ['fetch-files', 'promote', 'write-files', 'keep'],
    preflight: ['preflight'],
    stage: ['stage'],
    before: ['before-switch'],
    activate: release(true, 'forth'),
    after: ['after-switch'],
    finish: [...remembers, 'all-in'],
  },
  rollback: {
    prepare: ['choose'],
    preflight: ['preflight'],
    stage: ['stage'],
    before: ['before-switch'],
    activate: release(true),
    after: ['after-switch'],
    finish: [...remembers, 'all-in'],
  },
  'fast-rollback': {
    prepare: ['choose'],
    preflight: ['preflight'],
    stage: ['stage'],
    activate: release(false),
    finish: remembers,
  },
  restart: { prepare: [], preflight: ['preflight'], stage: [], activate: restart, finish: ['all-in'] },
  stop: { prepare: [], preflight: ['preflight'], stage: [], activate: stop, finish: [] },
  'restart-process': { ...looksFirst, activate: restartOne, finish: ['all-in'] },
  'start-process': { ...looksFirst, activate: startOne, finish: ['all-in'] },
  'stop-process': { ...looksFirst, activate: stopOne, finish: [] },
  expansion: {
    prepare: ['greet', 'choose'],
    preflight: ['preflight'],
    stage: ['stage'],
    activate: arrive,
    finish: ['all-in', 'place'],
  },
  reduction: { prepare: [], preflight: ['preflight'], stage: [], activate: remove, finish: ['displace'] },
  'add-host': {
    prepare: [],
    preflight: ['preflight'],
    stage: ['folders'],
    activate: nothing,
    finish: ['place'],
  },
  'remove-host': { prepare: [], preflight: ['preflight'], stage: [], activate: remove, finish: ['displace'] },
  'push-configuration': {
    prepare: [],
    preflight: ['preflight'],
    stage: [],
    activate: push,
    finish: ['all-in'],
  },
  clone: { prepare: ['copy'], preflight: [], stage: [], activate: nothing, finish: [] },
  'clean-cache': { prepare: ['clean'], preflight: [], stage: [], activate: nothing, finish: [] },
  'put-back': { prepare: [], preflight: ['preflight'], stage: [], activate: putBack, finish: ['all-in'] },
  unlock: { prepare: [], preflight: ['fence'], stage: [], activate: nothing, finish: [] },
};

const asExpected: HostShape = { configurationChanges: false, adopts: false };

/**
 * All steps of an operation in their order. Before preflight every host is taken to be as expected; afterwards the
 * shapes found there are given. Pure: the page shows it before the button.
 */
export function planSteps(
  kind: OperationKind,
  snapshot: Snapshot,
  shapes?: Map<string, HostShape>,
): NewStep[] {
  const plan = planOf(kind, snapshot);
  const once = (phase: Phase, names: string[] = []) => names.map((name) => step(phase, name));
  const everyHost = (phase: Phase, names: string[]) =>
    names.flatMap((name) => snapshot.hosts.map((host) => step(phase, name, host)));
  const all = [
    ...once('prepare', plan.prepare),
    ...everyHost('preflight', plan.preflight),
    ...everyHost('stage', plan.stage),
    ...once('before', plan.before),
    ...wavesOf(kind, snapshot).flatMap(({ number, hosts, gates }) => [
      ...gates.map((name) => gate(name, number)),
      ...hosts.flatMap((host) => plan.activate(host, snapshot, shapes?.get(host.hostId) ?? asExpected)),
    ]),
    ...once('after', plan.after),
    ...once('finish', plan.finish),
  ];
  return all.filter(({ name }) => isNeeded(name, snapshot.project));
}

/** False for the kinds that look at their hosts and change nothing there, not even a fence. */
export function touchesHosts(kind: OperationKind): boolean {
  return kind !== 'prepare';
}

/** A machine that is gone is asked nothing. */
function planOf(kind: OperationKind, { params }: Snapshot): Plan {
  return params.gone ? { ...plans[kind], preflight: [], activate: nothing } : plans[kind];
}
