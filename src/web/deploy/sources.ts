import { promotionOf } from '../../deploy/promotion.ts';
import type { Project } from '../../model/project.ts';
import type { Promotion } from '../../model/promotion.ts';
import type { Release } from '../../model/release.ts';
import * as projects from '../../store/projects.ts';
import * as releases from '../../store/releases.ts';
import { sameCode } from '../../store/same-code.ts';
import type { Page } from '../page.ts';
import { subjectOf } from '../subjects.ts';
import { commonRelease, hostRows } from './hosts.ts';

/** A release of another project of the same code. `runs`: on most of its hosts; else it is the last good one. */
export type Source = { project: Project; release: Release; runs: boolean };

/** What could be promoted to a project: what its siblings run, and their last good releases. */
export async function sourcesOf(page: Page, project: Project): Promise<Source[]> {
  const siblings = await sameCode(page.db, project, page.groupIds);
  const found = await Promise.all(siblings.map((sibling) => ofSibling(page, sibling)));
  return found.flat();
}

async function ofSibling(page: Page, project: Project): Promise<Source[]> {
  const running = commonRelease(await hostRows(page, project));
  const good = await releases.lastGood(page.db, project.id);
  const kept = [running, good].filter((one): one is Release => one?.state === 'kept');
  const once = kept.filter((one, index) => kept.findIndex(({ id }) => id === one.id) === index);
  return once.map((release) => ({ project, release, runs: release.id === running?.id }));
}

/** The release that was chosen, of a project that the person may see. */
export async function chosenSource(
  page: Page,
  project: Project,
  releaseId: string | undefined,
): Promise<Promotion> {
  if (!releaseId) page.refuse({ field: 'source', code: 'required' });
  const release = await releases.byId(page.db, releaseId);
  const source = release && (await projects.byId(page.db, release.projectId));
  const sees = source && page.may('project.see', await subjectOf(page, source));
  if (!sees) page.refuse({ field: 'source', code: 'choice' });
  return promotionOf(page.db, project, releaseId);
}
