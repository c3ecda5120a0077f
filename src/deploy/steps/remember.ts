import type { Step } from '../step.ts';

/** Marks the release as good: it ran well on every host of this operation. */
export const remember: Step = {
  async run({ records, facts, log }) {
    await records.markGood(facts.releaseId!);
    log.line(`release ${facts.releaseName} is good`);
    return { evidence: { releaseId: facts.releaseId } };
  },
};
