import type { HostSnapshot, OperationKind, Snapshot } from '../model/operation.ts';
import type { Phase } from '../model/step.ts';
import { typeOf } from '../project-types/index.ts';
import type { NewStep } from '../store/steps.ts';

/** What preflight found out on a host and what the order of its steps depends on. */
export type HostShape = { configurationChanges: boolean; adopts: boolean };
const asExpected: HostShape = { configurationChanges: false, adopts: false };

/** The table of the plans: which steps each kind of operation takes, phase by phase. */
const plans: Record<OperationKind, Plan> = {
  deploy: {
    prepare: ['fetch', 'resolve', 'build', 'keep'],
    preflight: ['preflight'],
    stage: ['stage'],
    activate: release(true),
    finish: ['remember', 'prune'],
  },
  rollback: {
    prepare: ['choose'],
    preflight: ['preflight'],
    stage: ['stage'],
    activate: release(true),
    finish: ['remember', 'prune'],
  },
  'fast-rollback': {
    prepare: ['choose'],
    preflight: ['preflight'],
    stage: ['stage'],
    activate: release(false),
    finish: ['remember', 'prune'],
  },
  restart: { prepare: [], preflight: ['preflight'], stage: [], activate: restartEach, finish: [] },
  stop: { prepare: [], preflight: ['preflight'], stage: [], activate: stopEach, finish: [] },
  unlock: { prepare: [], preflight: ['fence'], stage: [], activate: () => [], finish: [] },
};

type Plan = { prepare: string[]; preflight: string[]; stage: string[]; activate: Activate; finish: string[] };
type Activate = (host: HostSnapshot, snapshot: Snapshot, shape: HostShape) => NewStep[];

/**
 * All steps of an operation in their order. Before preflight every host is taken to be as expected; afterwards the
 * shapes found there are given. Pure: the page shows it before the button.
 */
export function planSteps(
  kind: OperationKind,
  snapshot: Snapshot,
  shapes?: Map<string, HostShape>,
): NewStep[] {
  const plan = plans[kind];
  const everyHost = (phase: Phase, names: string[]) =>
    names.flatMap((name) => snapshot.hosts.map((host) => step(phase, name, host)));
  return [
    ...plan.prepare.map((name) => step('prepare', name)),
    ...everyHost('preflight', plan.preflight),
    ...everyHost('stage', plan.stage),
    ...snapshot.hosts.flatMap((host) =>
      plan.activate(host, snapshot, shapes?.get(host.hostId) ?? asExpected),
    ),
    ...plan.finish.map((name) => step('finish', name)),
  ];
}

/** New release on one host; `checked` also asks port, http and registry. */
function release(checked: boolean): Activate {
  return (host, { project }, shape) => {
    const supervised = typeOf(project.type).supervised;
    const before = checked ? ['deregister'] : [];
    const after = [...checksOf(project, checked), ...(checked ? ['register'] : [])];
    if (!supervised) {
      return [
        ...perProcess(host, before),
        ...adopt(host, shape),
        step('activate', 'switch', host),
        ...perProcess(host, after),
      ];
    }
    if (!shape.configurationChanges && !shape.adopts) {
      return [step('activate', 'switch', host), ...perProcess(host, [...before, 'restart', ...after])];
    }
    return [
      step('activate', 'configure', host),
      ...perProcess(host, before),
      ...adopt(host, shape),
      ...['switch', 'update'].map((name) => step('activate', name, host)),
      ...perProcess(host, after),
    ];
  };
}

function adopt(host: HostSnapshot, shape: HostShape): NewStep[] {
  return shape.adopts ? [step('activate', 'adopt', host)] : [];
}

function restartEach(host: HostSnapshot, { project }: Snapshot): NewStep[] {
  return perProcess(host, ['deregister', 'restart', ...checksOf(project, true), 'register']);
}

function stopEach(host: HostSnapshot): NewStep[] {
  return perProcess(host, ['deregister', 'stop']);
}

function checksOf(project: Snapshot['project'], all: boolean): string[] {
  if (!typeOf(project.type).supervised) return [];
  if (!all) return ['state'];
  const { port, http } = project.settings.checks;
  const reachable = project.port !== null;
  return ['state', ...(reachable && port ? ['port'] : []), ...(reachable && http ? ['http'] : []), 'stable'];
}

/** Process after process: all the names for the first, then for the next. */
function perProcess(host: HostSnapshot, names: string[]): NewStep[] {
  return Array.from({ length: host.processes }, (_, index) => index).flatMap((index) =>
    names.map((name) => step('activate', name, host, index)),
  );
}

function step(phase: Phase, name: string, host?: HostSnapshot, process?: number): NewStep {
  const place = host ? `@${host.hostId}${process === undefined ? '' : `#${process}`}` : '';
  return { stepKey: name + place, phase, name, hostId: host?.hostId ?? null, process: process ?? null };
}
