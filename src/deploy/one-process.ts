import { CedarError } from '../errors.ts';
import type { OperationKind, Snapshot } from '../model/operation.ts';
import { processNames } from '../supervisor/render-for-host.ts';
import { type Activate, restart, stop } from './activation.ts';
import { step } from './plan-step.ts';

/** Of all that would be done to a host, what is about the one process that is meant. */
function ofOne(all: Activate): Activate {
  return (host, snapshot, shape) =>
    all(host, snapshot, shape).filter((one) => one.process === snapshot.params.process?.index);
}

export const restartOne: Activate = ofOne(restart);
export const stopOne: Activate = ofOne(stop);

/** As a restart; what does not run has no traffic that must drain. */
export const startOne: Activate = (host, snapshot, shape) =>
  restartOne(host, snapshot, shape).flatMap((one) => {
    if (one.name === 'drain') return [];
    return one.name === 'restart' ? step('activate', 'start', host, one.process ?? 0) : one;
  });

export const processKinds = ['restart-process', 'start-process', 'stop-process'] as const;
export type ProcessKind = (typeof processKinds)[number];

export function isProcessKind(kind: OperationKind): kind is ProcessKind {
  return (processKinds as readonly OperationKind[]).includes(kind);
}

/**
 * The snapshot with the process that is meant in it: its name decides, and stands for one index on one host.
 * @throws CedarError `one_host` (422), `no_such_process` (422)
 */
export function withProcess(
  snapshot: Snapshot,
  { kind, process }: { kind: OperationKind; process?: string | null },
): Snapshot {
  if (!isProcessKind(kind)) return snapshot;
  const [host, other] = snapshot.hosts;
  if (!host || other) throw new CedarError('one_host', { field: 'hosts' }, 422);
  const name = process ?? snapshot.params.process?.name ?? '';
  const index = processNames(snapshot.project, host).indexOf(name);
  if (index < 0 || index >= host.processes)
    throw new CedarError('no_such_process', { field: 'process', name, host: host.name }, 422);
  return { ...snapshot, params: { ...snapshot.params, process: { name, index } } };
}
