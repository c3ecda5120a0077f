import { ulid } from 'ulid';
import { CedarError } from '../errors.ts';
import type { Clone } from '../model/clone.ts';
import type { Operation } from '../model/operation.ts';
import { projectKey } from '../model/project.ts';
import type { Db } from '../store/database.ts';
import * as environments from '../store/environments.ts';
import * as projects from '../store/projects.ts';
import { type Asker, askedBefore, askerOf } from './asker.ts';
import { launch } from './launch.ts';

export type Cloning = Asker &
  Omit<Clone, 'projectId'> & {
    /** Id of the project that is cloned. */
    source: string;
  };

/**
 * Makes another project like this one, without hosts, releases and secrets. The caller has checked the permission to
 * configure both.
 * @throws CedarError `clone_taken` (409), `not_found` (404) for the environment, and what `launch` throws
 */
export async function clone(db: Db, wish: Cloning): Promise<Operation> {
  const { source, environment, name, groupId } = wish;
  const same = ({ kind, projectId, snapshot: { params } }: Operation) =>
    kind === 'clone' && projectId === source && params.clone?.name === name;
  const earlier = await askedBefore(db, wish, same);
  if (earlier) return earlier;
  const key = projectKey(environment, name);
  if (!(await environments.byName(db, environment)))
    throw new CedarError('not_found', { name: environment }, 404);
  if (await projects.byKey(db, key)) throw new CedarError('clone_taken', { project: key }, 409);
  const made = { projectId: ulid(), environment, name, groupId };
  return launch(db, {
    ...askerOf(wish),
    ...{ kind: 'clone', projectId: source, hostIds: [], params: { clone: made } },
  });
}
