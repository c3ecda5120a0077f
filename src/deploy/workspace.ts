import { constants } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFiles } from './configuration-files.ts';
import { StepFailed } from './failure.ts';
import { isThere, rootOf, workspaceOf } from './operation-folder.ts';
import type { StepContext } from './step.ts';

export { rootOf, workspaceOf } from './operation-folder.ts';

/**
 * The checkout, made by whichever step needs it first; steps after that one find it as it was left.
 * @param worked an earlier step did something in it that cannot be done again
 * @throws StepFailed `checkout_elsewhere` where it should be there and is not: another machine has it
 */
export async function haveCheckout(context: StepContext, worked: boolean): Promise<string> {
  if (await isThere(markOf(context))) return workspaceOf(context);
  if (worked) throw new StepFailed('checkout_elsewhere');
  return checkOutAnew(context);
}

/** The checkout as the commit has it, with the files that belong there before the build, whatever was done in it. */
export async function checkOutAnew(context: StepContext): Promise<string> {
  const { tools, snapshot, facts } = context;
  const workspace = workspaceOf(context);
  await rm(markOf(context), { force: true });
  await tools.isolation.endLeft(snapshot.project.key);
  await tools.mirrors.checkout(snapshot.project.gitUrl, facts.commit!, workspace);
  await writeFiles(context, 'before-build', { root: workspace, folder: '' });
  await writeFile(markOf(context), '');
  return workspace;
}

/**
 * A tree that was built before, in place of a checkout and its build. It is copied: what is written into it must not
 * change the one it comes from.
 * @param without paths that stay behind
 */
export async function takeTree(context: StepContext, tree: string, without: string[]): Promise<void> {
  const workspace = workspaceOf(context);
  const into = join(workspace, context.snapshot.project.settings.build.output);
  await rm(markOf(context), { force: true });
  await rm(workspace, { recursive: true, force: true });
  await mkdir(join(into, '..'), { recursive: true });
  const exactly = { recursive: true, verbatimSymlinks: true, preserveTimestamps: true };
  await cp(tree, into, { ...exactly, mode: constants.COPYFILE_FICLONE });
  for (const path of without) await rm(join(into, path), { force: true });
  await writeFile(markOf(context), '');
}

/** Is there once the checkout is complete. */
function markOf(context: StepContext): string {
  return join(rootOf(context), 'checked-out');
}
