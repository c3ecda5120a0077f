import { registryOf } from '../../registries/index.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Puts the process back into its service registry. */
export const register: Step<HostStepContext> = {
  async run({ records, host, snapshot, process, log }) {
    const registry = registryOf('none');
    if (registry.counts) await records.traffic(host.hostId, process, 'in', 'unknown');
    await registry.putIn({ project: snapshot.project, host, process });
    if (registry.counts) await records.traffic(host.hostId, process, 'in', 'in');
    log.line(registry.counts ? `in ${registry.name}` : 'no registry');
    return { evidence: { registry: registry.name } };
  },
};
