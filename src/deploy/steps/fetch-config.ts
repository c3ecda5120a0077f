import { openOptions } from '../../model/option.ts';
import { typeOf } from '../../project-types/index.ts';
import type { Step, StepContext } from '../step.ts';

/** Brings the mirror of the configuration's repository up to date and resolves its branch to one commit. */
export const fetchConfig: Step = {
  async run(context) {
    const { tools, log, signal } = context;
    const { url, branch } = configOf(context);
    if (url === '') return { state: 'skipped', evidence: { reason: 'none' } };
    log.line(url);
    await tools.mirrors.fetch(url, { onOutput: (chunk) => log.output(chunk), signal });
    const found = await tools.mirrors.resolve(url, (await pinned(context)) ?? branch);
    log.line(`configuration: ${branch} = ${found.commit}`);
    log.line(`${found.subject} (${found.author})`);
    return { evidence: { url, branch, commit: found.commit }, facts: { configCommit: found.commit } };
  },
};

/** The commit that was shown, or with which the release was built that is deployed again; null: the newest. */
async function pinned({ snapshot, operation, records }: StepContext): Promise<string | null> {
  const { fromOperation, releaseId } = operation;
  const again = fromOperation && releaseId ? await records.configCommitOf(fromOperation) : null;
  return snapshot.params.configCommit ?? again;
}

/** The project's second repository; `url` is empty without one. */
export function configOf({ snapshot }: StepContext): { url: string; branch: string; folder: string } {
  const { type, settings } = snapshot.project;
  const values = openOptions(typeOf(type).options, settings.options);
  const { config_git_url: url = '', config_branch: branch = '', config_folder: folder = '' } = values;
  return { url, branch, folder };
}
