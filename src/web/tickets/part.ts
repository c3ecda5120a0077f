import { promotionOf } from '../../deploy/promotion.ts';
import { hasConfiguration } from '../../deploy/push-configuration.ts';
import { CedarError } from '../../errors.ts';
import type { Project } from '../../model/project.ts';
import type { TicketKind } from '../../model/ticket.ts';
import * as placements from '../../store/placements.ts';
import * as projects from '../../store/projects.ts';
import * as releases from '../../store/releases.ts';
import type { NewTicket } from '../../store/tickets.ts';
import { commonRelease, hostRows } from '../deploy/hosts.ts';
import { askChanges } from '../deploy/look.ts';
import type { Page } from '../page.ts';

/** Who files: a person at the page, or a program. */
export type Filer = Pick<Page, 'db' | 'settings' | 't'> & {
  who: { id: string };
  sees: (project: Project) => Promise<boolean>;
};

/** One project of a ticket as it is wished. `hostIds` empty: all that it has. */
export type PartWish = {
  project: Project;
  kind: TicketKind;
  ref: string | null;
  hostIds: string[];
  releaseId: string | null;
  restart: boolean;
  rollbackId: string | null;
};

/** Ends the request with the field named. */
export type Refuse = (field: 'project' | 'kind' | 'hosts' | 'release' | 'rollback', code: string) => never;

const building: readonly TicketKind[] = ['deploy', 'promote'];

/** Judges the wish, and asks on the way what a deploy would bring. Whoever does not see the project names no part of it. */
export async function newPart(
  filer: Filer,
  wish: PartWish,
  refuse: Refuse,
): Promise<NewTicket['parts'][number]> {
  const { project, kind, restart } = wish;
  const sees = await filer.sees(project);
  if (kind === 'push-configuration' && !hasConfiguration(project)) refuse('kind', 'no_configuration');
  const hostIds = await hostIdsOf(filer, wish, sees, refuse);
  const rollbackId = await rollbackOf(filer, wish, sees, refuse);
  const { releaseId, commit } = await releaseOf(filer, wish, sees, refuse);
  const ref = kind === 'deploy' ? (wish.ref ?? project.branch) : '';
  const questionId = kind === 'deploy' ? await askWhat(filer, project, ref) : null;
  const { id: projectId, key: projectKey, groupId } = project;
  return {
    ...{ projectId, projectKey, groupId, kind, ref, hostIds },
    ...{ rollbackId, releaseId, commit, questionId, restart },
  };
}

async function hostIdsOf({ db }: Filer, { project, hostIds }: PartWish, sees: boolean, refuse: Refuse) {
  const placed = (await placements.ofProject(db, project.id)).map(({ hostId }) => hostId);
  if (placed.length === 0) refuse('project', 'hosts_needed');
  if (hostIds.length > 0 && (!sees || hostIds.some((host) => !placed.includes(host))))
    refuse('hosts', 'choice');
  const chosen = [...new Set(hostIds)];
  return chosen.length === 0 || chosen.length === placed.length ? null : chosen;
}

async function rollbackOf(
  { db }: Filer,
  { project, kind, rollbackId }: PartWish,
  sees: boolean,
  refuse: Refuse,
) {
  if (rollbackId === null) return null;
  if (!building.includes(kind)) refuse('rollback', 'not_for_kind');
  const kept = sees ? await releases.kept(db, project.id) : [];
  return kept.find(({ id }) => id === rollbackId)?.id ?? refuse('rollback', 'choice');
}

type Chosen = { releaseId: string | null; commit: string | null };

/** What is promoted or gone back to: a kept release that the filer may see, and its commit. */
async function releaseOf(filer: Filer, wish: PartWish, sees: boolean, refuse: Refuse): Promise<Chosen> {
  const { project, kind, releaseId } = wish;
  if (kind !== 'promote' && kind !== 'rollback')
    return releaseId === null ? { releaseId, commit: null } : refuse('release', 'not_for_kind');
  if (releaseId === null) refuse('release', 'required');
  const release = await releases.byId(filer.db, releaseId);
  const owner = release && (await projects.byId(filer.db, release.projectId));
  if (!release || release.state !== 'kept' || !owner || !(await filer.sees(owner)))
    return refuse('release', 'choice');
  if (kind === 'rollback' && (!sees || owner.id !== project.id)) refuse('release', 'choice');
  if (kind === 'promote') await judgePromotion(filer, project, releaseId, refuse);
  return { releaseId, commit: release.commit };
}

async function judgePromotion({ db }: Filer, project: Project, releaseId: string, refuse: Refuse) {
  try {
    await promotionOf(db, project, releaseId);
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    refuse('release', 'choice');
  }
}

async function askWhat(filer: Filer, project: Project, ref: string): Promise<string> {
  const running = commonRelease(await hostRows(filer, project));
  return askChanges(filer, project, running?.commit ?? null, ref);
}
