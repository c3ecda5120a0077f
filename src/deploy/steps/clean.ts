import { hostname } from 'node:os';
import type { Step } from '../step.ts';
import { configOf } from './fetch-config.ts';

/** Removes this machine's copies of the project's repositories: the next fetch clones them anew. */
export const clean: Step = {
  async run(context) {
    const { gitUrl } = context.snapshot.project;
    const removed: string[] = [];
    for (const url of [gitUrl, configOf(context).url].filter((one) => one !== '')) {
      const was = await context.tools.mirrors.remove(url);
      context.log.line(`${url}: ${was ? 'its copy is gone' : 'there was no copy'} on ${hostname()}`);
      if (was) removed.push(url);
    }
    return { evidence: { gitUrl, removed, machine: hostname() } };
  },
};
