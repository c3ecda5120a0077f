import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { plainFolder } from '../../builds/plain-folder.ts';
import { StepFailed } from '../failure.ts';
import type { Step, StepContext } from '../step.ts';
import { rootOf, workspaceOf } from '../workspace.ts';
import { configOf } from './fetch-config.ts';

/** Folders of the checkout that are shipped beside what was built. */
const beside = ['startdata', 'libs'];

/**
 * Puts together what is shipped: what was built, the configuration of the second repository as `etc`, and the
 * checkout's `startdata` and `libs`. Each appears by a rename, so that a successor may begin it again.
 */
export const assemble: Step = {
  async run(context) {
    const { facts, snapshot, log, tools } = context;
    if (facts.reused) return { state: 'skipped', evidence: { reason: 'reused' } };
    const workspace = workspaceOf(context);
    const { output } = snapshot.project.settings.build;
    const shipped = join(workspace, output);
    await tools.isolation.endLeft(snapshot.project.key);
    if (!(await isFolder(workspace, output))) throw new StepFailed('no_output', { folder: output });
    const config = await putConfig(context, shipped);
    const added: string[] = [];
    for (const name of shipped === workspace ? [] : beside) {
      if (!(await isFolder(workspace, name)) || (await isFolder(shipped, name))) continue;
      await place(shipped, name, (to) =>
        cp(join(workspace, name), to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true }),
      );
      log.line(`${name} is shipped too`);
      added.push(name);
    }
    return { evidence: { config, added } };
  },
};

/** @returns the commit whose files are in `etc`; null where the project has no second repository. */
async function putConfig(context: StepContext, shipped: string): Promise<string | null> {
  const { tools, facts, log } = context;
  const { url, folder } = configOf(context);
  const commit = facts.configCommit;
  if (url === '' || commit === undefined) return null;
  const checkout = join(rootOf(context), 'config');
  await rm(checkout, { recursive: true, force: true });
  await tools.mirrors.checkout(url, commit, checkout);
  const from = join(checkout, folder);
  if (!(await isFolder(checkout, folder))) throw new StepFailed('no_config_folder', { folder, url });
  await place(shipped, 'etc', (to) => rename(from, to));
  log.line(`etc: ${folder || 'all'} of ${url} at ${commit}`);
  return commit;
}

/** Replaces a folder of what is shipped. */
async function place(shipped: string, name: string, put: (to: string) => Promise<void>): Promise<void> {
  const part = join(shipped, `.cedar-${name}.part`);
  await rm(part, { recursive: true, force: true });
  await put(part);
  await rm(join(shipped, name), { recursive: true, force: true });
  await rename(part, join(shipped, name));
}

/** A link to a folder, or a folder below a link, is none: what is below it would be somewhere else. */
async function isFolder(root: string, path: string): Promise<boolean> {
  return (await plainFolder(root, path)) === 'folder';
}
