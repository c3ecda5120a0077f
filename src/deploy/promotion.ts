import { CedarError } from '../errors.ts';
import type { OperationKind, OperationParams } from '../model/operation.ts';
import type { Project } from '../model/project.ts';
import type { Promotion } from '../model/promotion.ts';
import { typeOf } from '../project-types/index.ts';
import type { Db } from '../store/database.ts';
import * as operations from '../store/operations.ts';
import * as projects from '../store/projects.ts';
import * as releases from '../store/releases.ts';

/**
 * What it takes to run another project's release here. Whoever asks may see that project: the caller has checked it.
 * @throws CedarError `promote_gone`, `promote_same`, `promote_other_git`, `promote_other_type`,
 *   `promote_other_output`, `promote_other_options` (all 422)
 */
export async function promotionOf(db: Db, target: Project, releaseId: string): Promise<Promotion> {
  const release = await releases.byId(db, releaseId);
  const source = release && (await projects.byId(db, release.projectId));
  if (!source || release.state !== 'kept') throw new CedarError('promote_gone', {}, 422);
  const made = await operations.byId(db, release.operationId);
  const built = made?.snapshot.project ?? source;
  const wrong = differenceOf({ ...source, type: built.type, settings: built.settings }, target);
  if (wrong) throw new CedarError(`promote_${wrong}`, { project: source.key }, 422);
  return {
    releaseId: release.id,
    releaseName: release.name,
    projectId: source.id,
    projectKey: source.key,
  };
}

/** Why what was built there is not what would be built here; null where nothing is in the way. */
function differenceOf(source: Project, target: Project): string | null {
  if (source.id === target.id) return 'same';
  if (source.gitUrl !== target.gitUrl) return 'other_git';
  if (source.type !== target.type) return 'other_type';
  if (source.settings.build.output !== target.settings.build.output) return 'other_output';
  const assembled = (typeOf(target.type).prepares ?? []).length > 0;
  const options = (project: Project) => JSON.stringify(Object.entries(project.settings.options).sort());
  return assembled && options(source) !== options(target) ? 'other_options' : null;
}

/** A request to promote with what it promotes as it is now; others as they are. */
export async function withPromotion<R extends Wish>(db: Db, request: R): Promise<R> {
  if (request.kind !== 'promote') return request;
  const target = await projects.byId(db, request.projectId);
  if (!target) throw new CedarError('no_such_project', {}, 404);
  const promotion = await promotionOf(db, target, request.params?.promotion?.releaseId ?? '');
  return { ...request, params: { ...request.params, promotion } };
}

type Wish = { kind: OperationKind; projectId: string; params?: OperationParams };
