import { isLive, type Operation, type OperationHost } from '../../model/operation.ts';

/** What can be done about an operation now. Hosts in their order. */
export type Actions = {
  cancel: boolean;
  unlock: boolean;
  /** `hold`: it waits for a time, and can be made to wait for a person. */
  pause: 'pause' | 'hold' | null;
  /** It waits, or somebody wished that it waits. */
  proceed: boolean;
  /** All hosts that are not done, where some were not touched yet. */
  resume: OperationHost[];
  /** Hosts on which it failed, or nobody knows. */
  retry: OperationHost[];
  /** Hosts that were touched, by the release that ran there before. */
  rollback: { releaseId: string; hosts: OperationHost[] }[];
};

const none: Actions = {
  cancel: false,
  unlock: false,
  pause: null,
  proceed: false,
  resume: [],
  retry: [],
  rollback: [],
};

/** The buttons that make sense. Whether the person may press them is the caller's question. */
export function actionsOf(operation: Operation, hosts: OperationHost[]): Actions {
  if (isLive(operation.state)) return { ...none, ...whileLive(operation), unlock: true };
  if (operation.kind === 'unlock') return none;
  const broken = hosts.filter((host) => isBroken(host));
  const untouched = hosts.filter((host) => host.state === 'untouched' || host.state === 'waiting');
  const stopped = operation.state !== 'succeeded';
  return {
    ...none,
    resume: stopped && untouched.length > 0 ? hosts.filter((host) => host.state !== 'done') : [],
    retry: stopped ? broken : [],
    rollback: changesRelease(operation) ? byReleaseBefore(hosts) : [],
  };
}

function isBroken({ state }: OperationHost): boolean {
  return state === 'failed' || state === 'unknown' || state === 'rolled-back';
}

function whileLive(operation: Operation): Pick<Actions, 'cancel' | 'pause' | 'proceed'> {
  const cancel = operation.cancelRequestedAt === null;
  const waits = operation.state === 'paused';
  const wished = operation.pauseRequestedAt !== null;
  const hold = waits && operation.resumeAt !== null;
  const canPause = cancel && operation.kind !== 'unlock' && !waits && !wished;
  return {
    cancel,
    pause: cancel && hold ? 'hold' : canPause ? 'pause' : null,
    proceed: cancel && (waits || wished),
  };
}

function changesRelease(operation: Operation): boolean {
  return (
    operation.kind === 'deploy' ||
    operation.kind === 'promote' ||
    operation.kind === 'rollback' ||
    operation.kind === 'fast-rollback'
  );
}

function byReleaseBefore(hosts: OperationHost[]): Actions['rollback'] {
  const touched = hosts.filter((host) => ['active', 'done', 'failed', 'unknown'].includes(host.state));
  const groups = new Map<string, OperationHost[]>();
  for (const host of touched) {
    if (host.releaseBefore === null || host.releaseBefore === host.releaseAfter) continue;
    groups.set(host.releaseBefore, [...(groups.get(host.releaseBefore) ?? []), host]);
  }
  return [...groups].map(([releaseId, of]) => ({ releaseId, hosts: of }));
}
