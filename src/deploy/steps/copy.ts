import type { Step } from '../step.ts';

/** Makes the new project; what stays behind is named. */
export const copy: Step = {
  async run({ snapshot, records, log }) {
    const { key, left } = await records.clone(snapshot.params.clone!);
    log.line(`${key} is made from ${snapshot.project.key}, without hosts and releases`);
    for (const one of left) log.line(`still to be set: ${one.place} ${one.name}`);
    return { evidence: { key, left } };
  },
};
