import { isLive, type Operation, type OperationHost } from '../../model/operation.ts';

/** What can be done about an operation now. Hosts in their order. */
export type Actions = {
  cancel: boolean;
  unlock: boolean;
  /** All hosts that are not done, where some were not touched yet. */
  resume: OperationHost[];
  /** Hosts on which it failed, or nobody knows. */
  retry: OperationHost[];
  /** Hosts that were touched, by the release that ran there before. */
  rollback: { releaseId: string; hosts: OperationHost[] }[];
};

const none: Actions = { cancel: false, unlock: false, resume: [], retry: [], rollback: [] };

/** The buttons that make sense. Whether the person may press them is the caller's question. */
export function actionsOf(operation: Operation, hosts: OperationHost[]): Actions {
  if (isLive(operation.state)) return { ...none, cancel: operation.cancelRequestedAt === null, unlock: true };
  if (operation.kind === 'unlock') return none;
  const broken = hosts.filter((host) => host.state === 'failed' || host.state === 'unknown');
  const untouched = hosts.filter((host) => host.state === 'untouched' || host.state === 'waiting');
  const stopped = operation.state !== 'succeeded';
  return {
    ...none,
    resume: stopped && untouched.length > 0 ? hosts.filter((host) => host.state !== 'done') : [],
    retry: stopped ? broken : [],
    rollback: changesRelease(operation) ? byReleaseBefore(hosts) : [],
  };
}

function changesRelease(operation: Operation): boolean {
  return operation.kind === 'deploy' || operation.kind === 'rollback' || operation.kind === 'fast-rollback';
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
