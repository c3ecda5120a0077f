import { fetchFiles } from '../configuration-files.ts';
import type { Step } from '../step.ts';

/** Fetches the configuration files that come from a URL: what they say now decides what is built. */
export const fetchConfigurationFiles: Step = {
  async run(context) {
    const fetched = await fetchFiles(context);
    return { evidence: { files: Object.keys(fetched) }, facts: { fetched } };
  },
};
