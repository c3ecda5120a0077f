import { hostname } from 'node:os';
import type { Step } from '../step.ts';

/** Removes this machine's copy of the repository: the next fetch clones it anew. */
export const clean: Step = {
  async run({ tools, snapshot, log }) {
    const { gitUrl } = snapshot.project;
    const was = await tools.mirrors.remove(gitUrl);
    log.line(`${gitUrl}: ${was ? 'its copy is gone' : 'there was no copy'} on ${hostname()}`);
    return { evidence: { gitUrl, removed: was, machine: hostname() } };
  },
};
