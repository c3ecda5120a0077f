import { CedarError, InvalidForm } from '../errors.ts';
import type { Clone } from '../model/clone.ts';
import { type LeftBehind, withoutSecrets } from '../model/cloning.ts';
import type { Operation } from '../model/operation.ts';
import { type Project, projectKey } from '../model/project.ts';
import { typeOf } from '../project-types/index.ts';
import { registryOf } from '../registries/index.ts';
import * as audit from './audit.ts';
import type { Db } from './database.ts';
import * as projectFiles from './project-files.ts';
import * as projects from './projects.ts';

/** The project that was made, and what of its source is still to be set there. */
export type Cloned = { key: string; left: LeftBehind[] };

/** What a clone of a project gets, and what stays behind. */
export async function copyOf(db: Db, project: Project) {
  const registry = registryOf(project.settings.registry.name).options;
  const copy = withoutSecrets(project, { type: typeOf(project.type).options, registry });
  const files = (await projectFiles.ofProject(db, project.id)).filter(({ secret }) => secret);
  const left = files.map(({ path }): LeftBehind => ({ place: 'file', name: path }));
  return { ...copy, left: [...copy.left, ...left] };
}

/**
 * Makes a project like an operation's own, without hosts, releases and secrets; done again it changes nothing.
 * @throws CedarError `clone_taken` where the environment has a project of that name by now, `no_such_project`
 */
export async function copyProject(trx: Db, operation: Operation, clone: Clone): Promise<Cloned> {
  const source = await projects.byId(trx, operation.projectId);
  if (!source) throw new CedarError('no_such_project', {}, 404);
  const { settings, env, left } = await copyOf(trx, source);
  const { environment, name, groupId } = clone;
  const key = projectKey(environment, name);
  if (await projects.byId(trx, clone.projectId)) return { key, left };
  try {
    await projects.add(trx, { ...source, environment, name, groupId, settings, env }, clone.projectId);
  } catch (error) {
    if (error instanceof InvalidForm) throw new CedarError('clone_taken', { project: key }, 409);
    throw error;
  }
  await projectFiles.copy(trx, source.id, clone.projectId, operation.requestedName);
  await audit.record(trx, {
    ...{ actor: operation.requestedName, via: 'worker', action: 'project.clone', object: `project:${key}` },
    after: { operation: operation.id, from: source.key, left: left.map((one) => `${one.place} ${one.name}`) },
    result: 'ok',
  });
  return { key, left };
}
