import { registryOf } from '../../registries/index.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Takes the process out of its service registry; the ledger remembers it from before the call on. */
export const deregister: Step<HostStepContext> = {
  async run({ records, host, snapshot, process, log }) {
    const registry = registryOf('none');
    if (registry.counts) await records.traffic(host.hostId, process, 'out', 'unknown');
    await registry.takeOut({ project: snapshot.project, host, process });
    if (registry.counts) await records.traffic(host.hostId, process, 'out', 'out');
    log.line(registry.counts ? `out of ${registry.name}` : 'no registry');
    return { evidence: { registry: registry.name } };
  },
};
