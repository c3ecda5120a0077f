import type { Step } from '../step.ts';

/** Brings the mirror of the project's repository up to date. */
export const fetch: Step = {
  async run({ tools, snapshot, log, signal }) {
    const { gitUrl } = snapshot.project;
    log.line(gitUrl);
    await tools.mirrors.fetch(gitUrl, { onOutput: (chunk) => log.output(chunk), signal });
    return { evidence: { gitUrl } };
  },
};
