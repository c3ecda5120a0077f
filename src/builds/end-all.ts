import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { endBuild } from './build.ts';

/**
 * Ends every build that still runs, with all that it started.
 * @param dir the folder of all builds: `<project key>/<operation id>/run-<attempt>` below it
 */
export async function endAllBuilds(dir: string): Promise<void> {
  for (const key of await namesIn(dir)) {
    for (const id of await namesIn(join(dir, key))) await endBuildsIn(join(dir, key, id));
  }
}

/** Ends the builds of one operation. */
export async function endBuildsIn(folder: string): Promise<void> {
  const runs = (await namesIn(folder)).filter((name) => name.startsWith('run-'));
  for (const run of runs) await endBuild(join(folder, run));
}

/** The names in a folder; none where it is not there. */
export async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
