import type { Step } from '../step.ts';

/** Takes the project off its hosts in the inventory; the hosts themselves stay known. */
export const displace: Step = {
  async run({ snapshot, records, log }) {
    for (const host of snapshot.hosts) {
      await records.leave(host);
      log.line(`${host.name} is no host of ${snapshot.project.key} any more`);
      if (snapshot.params.gone) log.line(`${host.name} was not touched: whatever runs there goes on`);
    }
    return { evidence: { hosts: snapshot.hosts.map((host) => host.name) } };
  },
};
