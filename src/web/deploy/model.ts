import { ulid } from 'ulid';
import type { Environment } from '../../model/environment.ts';
import type { OperationKind, Snapshot } from '../../model/operation.ts';
import type { Project } from '../../model/project.ts';
import * as environments from '../../store/environments.ts';
import { history } from '../../store/history.ts';
import * as hostReleases from '../../store/host-releases.ts';
import * as locks from '../../store/locks.ts';
import * as operations from '../../store/operations.ts';
import * as releases from '../../store/releases.ts';
import { hostSnapshot, projectSnapshot } from '../../store/snapshot.ts';
import type { Page } from '../page.ts';
import { subjectOf } from '../subjects.ts';
import { commonRelease, type HostRow, hostRows } from './hosts.ts';
import { type Changes, lookedAt, type Refs } from './look.ts';
import { neighbours } from './neighbours.ts';
import { planView } from './plan-view.ts';

const kinds = ['deploy', 'rollback', 'fast-rollback', 'restart', 'stop'] as const;

/** Everything that the deploy page of a project shows. */
export async function deployModel(page: Page, project: Project): Promise<Record<string, unknown>> {
  const environment = await environments.byName(page.db, project.environment);
  const rows = await hostRows(page, project);
  const kept = await releases.kept(page.db, project.id);
  const common = commonRelease(rows);
  const lock = await locks.ofProject(page.db, project.id);
  const good = await releases.lastGood(page.db, project.id);
  const fields = page.fields({
    hosts: rows.filter(isPinned).map((row) => row.host.id),
    ref: page.query('ref') ?? project.branch,
    releaseId: kept.find((release) => release.id !== common?.id && release.goodAt !== null)?.id ?? '',
    fast: false,
    reason: '',
  });
  return {
    project,
    environment,
    rows,
    common,
    fields,
    problems: page.problems(fields),
    holder: lock?.operationId ? await operations.byId(page.db, lock.operationId) : null,
    heldSince: lock?.heldSince ?? null,
    releases: kept,
    lastGoodId: good?.id ?? null,
    holding: await hostReleases.counts(page.db, project.id),
    mayDeploy: page.may('project.deploy', await subjectOf(page, project)),
    mayConfigure: page.may('project.configure', await subjectOf(page, project)),
    plans: environment ? plansOf(page, project, environment, rows) : {},
    refs: await lookedAt<Refs>(page, project, 'refs', page.query('refs')),
    changes: await lookedAt<Changes>(page, project, 'commits', page.query('changes')),
    last: await history(page.db, { projectId: project.id, limit: 5 }),
    neighbours: await neighbours(page),
    idempotencyKey: ulid(),
  };
}

function plansOf(page: Page, project: Project, environment: Environment, rows: HostRow[]) {
  const snapshot: Snapshot = {
    project: projectSnapshot(project, environment),
    hosts: rows.filter(isPinned).map((row) => hostSnapshot(environment, row.placement, row.host)),
  };
  const plan = (kind: OperationKind) => [kind, planView(page.t, kind, snapshot)] as const;
  return Object.fromEntries(kinds.map(plan));
}

/** Hosts whose key nobody accepted yet cannot be deployed to. */
function isPinned(row: HostRow): boolean {
  return row.host.hostKey !== null;
}
