import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { endBuildsIn, namesIn } from '../builds/end-all.ts';
import { isLive } from '../model/operation.ts';
import type { Db } from '../store/database.ts';
import * as operations from '../store/operations.ts';

/**
 * Ends and removes the checkouts and builds of operations that are over: of failed and cancelled ones, and of those
 * that were unlocked while they built. Builds of live operations go on.
 * @param dir the folder of all builds, `<project key>/<operation id>` below it
 */
export async function tidyBuilds(db: Db, dir: string): Promise<void> {
  for (const key of await namesIn(dir)) {
    for (const id of await namesIn(join(dir, key))) {
      const operation = await operations.byId(db, id);
      if (!operation || !isLive(operation.state)) await removeBuild(join(dir, key, id));
    }
  }
}

async function removeBuild(folder: string): Promise<void> {
  await endBuildsIn(folder);
  await rm(folder, { recursive: true, force: true });
}
