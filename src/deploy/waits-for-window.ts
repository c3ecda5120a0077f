import { CedarError } from '../errors.ts';
import type { Project } from '../model/project.ts';
import type { Db } from '../store/database.ts';
import * as environments from '../store/environments.ts';
import { openings } from './openings.ts';

/** True where a window or a freeze refused, and its opening is in sight. */
export function isClosed(error: unknown): error is CedarError {
  return error instanceof CedarError && (error.code === 'window_closed' || error.code === 'frozen');
}

/** True while neither a window nor a freeze forbids a deploy of the project. */
export async function isOpenNow(db: Db, project: Project): Promise<boolean> {
  const { rules, opennessFor } = await openings(db);
  const production = await environments.isProduction(db, project.environment);
  return !rules.kinds.includes('deploy') || opennessFor({ ...project, production }).open;
}
