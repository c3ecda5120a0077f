import type { Step } from '../step.ts';

/** Puts the machine into the inventory, with the project on it: from here on it belongs. */
export const place: Step = {
  async run({ snapshot, records, log }) {
    const host = snapshot.hosts[0]!;
    await records.join(host, snapshot.params.arrival!);
    log.line(`${host.name} (${host.address}) is a host of ${snapshot.project.key}`);
    return { evidence: { host: host.name } };
  },
};
