import { ulid } from 'ulid';
import { withStrategy } from '../../deploy/run-strategy.ts';
import { CedarError } from '../../errors.ts';
import type { HostComparison } from '../../model/comparison.ts';
import { decisionHash } from '../../model/decision.ts';
import { isCommit } from '../../model/git-ref.ts';
import type { Operation, Snapshot } from '../../model/operation.ts';
import type { Project } from '../../model/project.ts';
import type { Release } from '../../model/release.ts';
import { type Strategy, strategySchema } from '../../model/strategy.ts';
import * as environments from '../../store/environments.ts';
import * as operationHosts from '../../store/operation-hosts.ts';
import * as operations from '../../store/operations.ts';
import * as releases from '../../store/releases.ts';
import { snapshotOf } from '../../store/snapshot.ts';
import { lockRowsOf } from '../locks/view.ts';
import type { Page } from '../page.ts';
import { strategyValues } from '../strategy/strategy-fields.ts';
import { subjectOf } from '../subjects.ts';
import { type Changes, type Looked, lookedAt } from './look.ts';
import { planView } from './plan-view.ts';
import { type HostReview, reviewHosts } from './review-hosts.ts';
import { standingOf } from './standing.ts';

/** What a deploy would do, before the button: everything that the plan page shows. */
export type Review = {
  ref: string;
  snapshot: Snapshot;
  changes: Looked<Changes> | null;
  hosts: HostReview[];
  prepared: Operation | null;
  kind: 'deploy' | 'rollback';
  /** rollback: where it goes back to. */
  release: Release | null;
  /** Something is still being looked up. */
  waiting: boolean;
  /** Why the machines could not be asked; null where they were. */
  failure: string | null;
  /** The commit that is shown and will run; null until it is known. */
  commit: string | null;
  /** The hash of what is shown; null until the commit is known. */
  decided: string | null;
};

/** Reads the plan that the address names: `ref`, `hosts`, and the questions `changes` and `look`. */
export async function reviewOf(page: Page, project: Project): Promise<Review & Record<string, unknown>> {
  const ref = page.query('ref') ?? project.branch;
  const hostIds = (page.query('hosts') ?? '').split(',').filter(Boolean);
  const strategy = strategyIn(page.query('strategy'));
  const snapshot = await snapshotOf(page.db, project.id, hostIds);
  snapshot.project.settings = withStrategy(snapshot.project.settings, strategy);
  const changes = await lookedAt<Changes>(page, project, 'commits', page.query('changes'));
  const prepared = await preparedOf(page, project, page.query('prepared'));
  const look = await lookedAt<{ hosts: HostComparison[] }>(page, project, 'comparison', page.query('look'));
  const compared = prepared ? await comparisonsOf(page, prepared) : (look?.answer?.hosts ?? []);
  const release = await releaseToGoBackTo(page, project);
  const kind = release ? ('rollback' as const) : ('deploy' as const);
  const commit =
    release?.commit ?? prepared?.commit ?? changes?.answer?.target.commit ?? (isCommit(ref) ? ref : null);
  const choice = { kind, commit: release ? null : commit, releaseId: release?.id ?? null };
  return {
    ...{ project, ref, snapshot, changes, prepared, commit, kind, release },
    environment: await environments.byName(page.db, project.environment),
    hosts: await reviewHosts(page, project, snapshot, compared),
    waiting: Boolean(changes?.waiting) || (!prepared && Boolean(look?.waiting)),
    failure: prepared ? null : (look?.failure ?? null),
    decided: commit === null ? null : decisionHash(choice, snapshot),
    plan: planView(page.t, kind, snapshot),
    standing: await standingOf(page, project, [kind]),
    handLocks: await lockRowsOf(page, project),
    mayDeploy: page.may('project.deploy', await subjectOf(page, project)),
    strategy: strategy ? strategyValues(strategy) : null,
    idempotencyKey: ulid(),
  };
}

/** A run's own strategy as the address carries it; undefined where it carries none. */
function strategyIn(text: string | null): Strategy | undefined {
  if (text === null) return undefined;
  try {
    return strategySchema.parse(JSON.parse(text));
  } catch {
    throw new CedarError('not_found', {}, 404);
  }
}

/** The finished preparation of that id, where it is one of this project. */
export async function preparedOf(page: Page, project: Project, id: string | null): Promise<Operation | null> {
  const operation = id ? await operations.byId(page.db, id) : null;
  const fits = operation?.projectId === project.id && operation.kind === 'prepare';
  return fits && operation.state === 'succeeded' ? operation : null;
}

/** The kept release that the address names: then the plan is one of a rollback. */
async function releaseToGoBackTo(page: Page, project: Project): Promise<Release | null> {
  const id = page.query('release');
  const release = id === null ? null : await releases.byId(page.db, id);
  return release?.projectId === project.id && release.state === 'kept' ? release : null;
}

async function comparisonsOf(page: Page, { id }: Operation): Promise<HostComparison[]> {
  const facts = [...(await operationHosts.facts(page.db, id)).values()];
  return facts.flatMap((fact) => (fact.comparison ? [fact.comparison as HostComparison] : []));
}
