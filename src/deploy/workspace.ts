import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StepFailed } from './failure.ts';
import type { StepContext } from './step.ts';

/** The folder of an operation on the deploy machine, with what its builds and hooks leave there. */
export function rootOf({ tools, operation, snapshot }: StepContext): string {
  return join(tools.config.dataDir, 'builds', snapshot.project.key, operation.id);
}

/** The checkout in which the release is built. */
export function workspaceOf(context: StepContext): string {
  return join(rootOf(context), 'workspace');
}

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

/** The checkout as the commit has it, whatever was done in it. */
export async function checkOutAnew(context: StepContext): Promise<string> {
  const { tools, snapshot, facts } = context;
  const workspace = workspaceOf(context);
  await rm(markOf(context), { force: true });
  await tools.mirrors.checkout(snapshot.project.gitUrl, facts.commit!, workspace);
  await writeFile(markOf(context), '');
  return workspace;
}

/** Is there once the checkout is complete. */
function markOf(context: StepContext): string {
  return join(rootOf(context), 'checked-out');
}

/** False where nothing is at that path. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
