import { CedarError } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import type { Project } from '../model/project.ts';
import type { Db } from '../store/database.ts';
import { type Asker, askerOf } from './asker.ts';
import { launch } from './launch.ts';
import { runtimeOf } from './runtimes.ts';

export type Push = Asker & {
  project: Project;
  hostIds: string[];
  /** Have the processes take it over, which restarts them. */
  restart: boolean;
};

/** True for a project whose type has files of its own on its hosts, besides its releases. */
export function hasConfiguration(project: Pick<Project, 'type' | 'settings'>): boolean {
  return runtimeOf(project).configure.length > 0;
}

/**
 * Writes a project's configuration to hosts; nothing restarts unless asked. The caller has checked the permission.
 * @throws CedarError `no_configuration` (422) and what `launch` throws
 */
export async function pushConfiguration(db: Db, wish: Push): Promise<Operation> {
  const { project, hostIds, restart } = wish;
  if (!hasConfiguration(project)) throw new CedarError('no_configuration', {}, 422);
  const params = restart ? { restart } : {};
  return launch(db, {
    ...askerOf(wish),
    ...{ kind: 'push-configuration', projectId: project.id, hostIds, params },
  });
}
