import { ulid } from 'ulid';
import type { Environment } from '../../model/environment.ts';
import type { OperationKind, Snapshot } from '../../model/operation.ts';
import type { Project } from '../../model/project.ts';
import type { Release } from '../../model/release.ts';
import * as environments from '../../store/environments.ts';
import * as hostReleases from '../../store/host-releases.ts';
import * as projectFiles from '../../store/project-files.ts';
import * as releases from '../../store/releases.ts';
import { hostSnapshot, projectSnapshot } from '../../store/snapshot.ts';
import { ticketsOfOperations } from '../../store/ticket-links.ts';
import type { Page } from '../page.ts';
import { subjectOf } from '../subjects.ts';
import { ticketOnPage } from '../tickets/on-deploy.ts';
import { zoneName } from '../zoned-time.ts';
import { commonRelease, type HostRow } from './hosts.ts';
import { type Changes, lookedAt, type Refs } from './look.ts';
import { neighbours } from './neighbours.ts';
import { deployNow } from './now.ts';
import { isStrategyWrong, orderFields } from './order-fields.ts';
import { planView } from './plan-view.ts';
import { sourcesOf } from './sources.ts';

const kinds = ['deploy', 'rollback', 'fast-rollback', 'restart', 'stop', 'promote'] as const;

/** Everything that the deploy page of a project shows. */
export async function deployModel(page: Page, project: Project): Promise<Record<string, unknown>> {
  const environment = await environments.byName(page.db, project.environment);
  const now = await deployNow(page, project);
  const { rows } = now;
  const kept = await releases.kept(page.db, project.id);
  const common = commonRelease(rows);
  const good = await releases.lastGood(page.db, project.id);
  const ticket = await ticketOnPage(page, project);
  const back = kept.find((release) => release.id === page.query('release'));
  const fields = page.fields({
    hosts: ticket?.hostIds ?? rows.filter(isPinned).map((row) => row.host.id),
    ref: ticket?.part.ref ?? page.query('ref') ?? project.branch,
    releaseId:
      back?.id ?? kept.find((release) => release.goodAt !== null && !runsEverywhere(rows, release))?.id ?? '',
    fast: false,
    reason: ticket?.ticket.reason ?? '',
    pass: '',
    ...orderFields(project),
  });
  return {
    ...now,
    ticket,
    back: back ?? null,
    environment,
    common,
    fields,
    problems: page.problems(fields),
    sources: await sourcesOf(page, project),
    zone: zoneName(page.who.timeZone),
    strategyWrong: isStrategyWrong(fields),
    releases: kept,
    ticketOf: await ticketsOfOperations(
      page.db,
      kept.map(({ operationId }) => operationId),
    ),
    lastGoodId: good?.id ?? null,
    holding: await hostReleases.counts(page.db, project.id),
    mayConfigure: page.may('project.configure', await subjectOf(page, project)),
    plans: environment ? await plansOf(page, project, environment, rows) : {},
    refs: await lookedAt<Refs>(page, project, 'refs', page.query('refs')),
    changes: await lookedAt<Changes>(page, project, 'commits', page.query('changes')),
    neighbours: await neighbours(page),
    idempotencyKey: ulid(),
  };
}

async function plansOf(page: Page, project: Project, environment: Environment, rows: HostRow[]) {
  const snapshot: Snapshot = {
    project: projectSnapshot(project, environment, await projectFiles.forSnapshot(page.db, project.id)),
    hosts: rows.filter(isPinned).map((row) => hostSnapshot(environment, row.placement, row.host)),
    params: {},
  };
  const plan = (kind: OperationKind) => [kind, planView(page.t, kind, snapshot)] as const;
  return Object.fromEntries(kinds.map(plan));
}

/** Rolling back to what every host runs already changes nothing. */
function runsEverywhere(rows: HostRow[], release: Release): boolean {
  return rows.length > 0 && rows.every((row) => row.release?.id === release.id);
}

/** Hosts whose key nobody accepted yet cannot be deployed to. */
function isPinned(row: HostRow): boolean {
  return row.host.hostKey !== null;
}
