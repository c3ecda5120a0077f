import type { Host } from '../../model/host.ts';
import type { Placement } from '../../model/placement.ts';
import type { Project } from '../../model/project.ts';
import * as hosts from '../../store/hosts.ts';
import * as placements from '../../store/placements.ts';
import type { Page } from '../page.ts';
import { projectHere } from './project-of.ts';

export type Placed = { project: Project; placement: Placement; host: Host };

/** The placement that the path names; 404 unless it is one of the path's project. */
export async function placementHere(page: Page): Promise<Placed> {
  const project = await projectHere(page);
  const placement = await placements.byId(page.db, page.param('placement'));
  if (placement?.projectId !== project.id) return page.notFound();
  const host = (await hosts.byId(page.db, placement.hostId)) ?? page.notFound();
  return { project, placement, host };
}

/** Where the pages of a placement lie. */
export function placementPath({ project, placement }: Omit<Placed, 'host'>): string {
  return `/projects/${project.key}/hosts/${placement.id}`;
}
