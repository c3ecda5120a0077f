import { launch } from '../../deploy/launch.ts';
import { CedarError } from '../../errors.ts';
import { believedMs } from '../../model/belief.ts';
import type { DriftKind } from '../../model/drift.ts';
import type { Operation } from '../../model/operation.ts';
import type { Project } from '../../model/project.ts';
import type { Release } from '../../model/release.ts';
import { type DriftRow, drifts } from '../../store/drifts.ts';
import * as placements from '../../store/placements.ts';
import * as projects from '../../store/projects.ts';
import * as releases from '../../store/releases.ts';
import type { Page } from '../page.ts';
import { askerHere } from '../setup/started.ts';
import { remedies } from './remedy.ts';

/** One thing to put right, and where. */
export type ToRight = {
  what: DriftKind;
  project: Project;
  hostId: string;
  /** Null where it is as it should be by now, or is not known any more. */
  found: DriftRow | null;
  /** release: the one that belongs there; null where it is not kept any more. */
  release: Release | null;
};

/** What the path speaks of. 404 where there is no such placement. */
export async function toRight(page: Page, what: DriftKind): Promise<ToRight> {
  const placement = (await placements.byId(page.db, page.param('placement'))) ?? page.notFound();
  const project = (await projects.byId(page.db, placement.projectId)) ?? page.notFound();
  const staleMs = believedMs(page.settings.factsSeconds);
  const rows = await drifts(page.db, staleMs, { placementId: placement.id });
  const found = rows.find((row) => row.what === what && !row.stale) ?? null;
  const should = found?.detail.should;
  const release = should ? await releases.byId(page.db, should) : null;
  const kept = release?.state === 'kept' ? release : null;
  return { what, project, hostId: placement.hostId, found, release: kept };
}

type Typed = {
  idempotencyKey?: string;
  reason?: string | null;
  pass?: string | null;
  decided?: string;
};

/**
 * Starts the operation that puts it right, on that host alone.
 * @throws CedarError `drift_gone`, `drift_release_gone` (409), and what `launch` throws
 */
export async function putRight(page: Page, to: ToRight, typed: Typed): Promise<Operation> {
  refuse(to);
  return launch(page.db, {
    ...askerHere(page, typed),
    ...{ kind: remedies[to.what], projectId: to.project.id, hostIds: [to.hostId] },
    releaseId: to.release?.id ?? null,
    params: typed.decided ? { decided: typed.decided } : {},
  });
}

function refuse({ what, found, release }: ToRight): void {
  if (!found) throw new CedarError('drift_gone', {}, 409);
  if (what !== 'release' || release) return;
  throw new CedarError('drift_release_gone', { release: found.detail.should ?? '' }, 409);
}
