import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepContext } from './step.ts';

/** The folder of an operation on the deploy machine, with what its builds and hooks leave there. */
export function rootOf({ tools, operation, snapshot }: StepContext): string {
  return join(tools.config.dataDir, 'builds', snapshot.project.key, operation.id);
}

/** The checkout in which the release is built. */
export function workspaceOf(context: StepContext): string {
  return join(rootOf(context), 'workspace');
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
