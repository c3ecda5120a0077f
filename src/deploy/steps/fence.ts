import type { HostStepContext, Step } from '../step.ts';

/** Tells a host the new fence, so that whoever held the project before is refused there. */
export const fence: Step<HostStepContext> = {
  async run({ tools, host, snapshot, lease, log, signal }) {
    await tools.guard.install(host, signal);
    await tools.guard.announce(host, snapshot.project.key, lease.fence, signal);
    log.line(`fence ${lease.fence}`);
    return { evidence: { fence: lease.fence } };
  },
};
