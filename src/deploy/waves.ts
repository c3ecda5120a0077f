import type { HostSnapshot, OperationKind, Snapshot } from '../model/operation.ts';
import { batchSize } from '../model/strategy.ts';

/** Hosts that are changed side by side. `gates`: names of the steps that come before it, in their order. */
export type Wave = { number: number; hosts: HostSnapshot[]; gates: ('wait' | 'healthy')[] };

/**
 * Kinds that go by the whole strategy. The others are in a hurry, or are meant to make hosts stop: of the strategy
 * they take only how many hosts are changed side by side.
 */
const careful = new Set<OperationKind>(['deploy', 'promote', 'rollback', 'restart', 'push-configuration']);

/** The hosts of an operation in the order and number in which they are changed. Pure. */
export function wavesOf(
  kind: OperationKind,
  { hosts, project, params }: Pick<Snapshot, 'hosts' | 'project'> & Partial<Pick<Snapshot, 'params'>>,
): Wave[] {
  const { strategy } = project.settings;
  const isCareful = careful.has(kind) || (kind === 'push-configuration' && params?.restart === true);
  const size = strategy.kind === 'serial' ? 1 : batchSize(strategy.batch, hosts.length);
  const first = strategy.kind === 'canary' && isCareful ? strategy.canary : 0;
  const canary = inBatches(hosts.slice(0, first), size);
  const checked = strategy.minHealthy > 0 && isCareful;
  return [...canary, ...inBatches(hosts.slice(first), size)].map((batch, number) => ({
    number,
    hosts: batch,
    gates: [
      ...(number > 0 && number === canary.length ? (['wait'] as const) : []),
      ...(checked ? (['healthy'] as const) : []),
    ],
  }));
}

function inBatches<T>(items: T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
