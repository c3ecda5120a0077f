import { ulid } from 'ulid';
import { duration } from '../../../public/js/duration.js';
import {
  type Failure,
  isLive,
  type Operation,
  type OperationHost,
  type OperationKind,
} from '../../model/operation.ts';
import type { Project } from '../../model/project.ts';
import type { StepRow } from '../../model/step.ts';
import * as locks from '../../store/locks.ts';
import * as operationHosts from '../../store/operation-hosts.ts';
import * as operations from '../../store/operations.ts';
import * as projects from '../../store/projects.ts';
import * as releases from '../../store/releases.ts';
import * as steps from '../../store/steps.ts';
import { type MayBegin, mayBegin } from '../deploy/may-begin.ts';
import { type LeftOutGroup, leftOutView } from '../left-out-view.ts';
import type { Page } from '../page.ts';
import { subjectOf } from '../subjects.ts';
import { type Actions, actionsOf } from './actions.ts';
import { failureCard } from './failure-card.ts';
import { chosenStep, gridOf, progressOf } from './grid.ts';
import { readable } from './refusal.ts';
import { resultOf } from './result.ts';
import { ticketWayBack } from './ticket-way-back.ts';
import { stepTitle } from './titles.ts';

/** The parts that belong to one operation, as they are now. */
export type Loaded = {
  operation: Operation;
  hosts: OperationHost[];
  steps: StepRow[];
  chosen: StepRow | null;
};

export async function load(page: Page, operation: Operation): Promise<Loaded> {
  const hosts = await operationHosts.ofOperation(page.db, operation.id);
  const journal = await steps.ofOperation(page.db, operation.id);
  return { operation, hosts, steps: journal, chosen: chosenStep(journal, page.query('step')) };
}

/** Everything that the page shows apart from the log. */
export async function operationModel(page: Page, loaded: Loaded): Promise<Record<string, unknown>> {
  const { operation, hosts } = loaded;
  const t = page.t;
  const project = await projects.byId(page.db, operation.projectId);
  const mayDeploy = project !== null && page.may('project.deploy', await subjectOf(page, project));
  const actions = actionsOf(operation, hosts);
  const done = hosts.filter((host) => host.state === 'done').length;
  const now = Date.now();
  const what = operation.snapshot.params.process?.name ?? operation.projectKey;
  return {
    title: `${t(`kind.${operation.kind}`)} ${what}`,
    operation,
    live: isLive(operation.state),
    mood: moodOf(operation),
    stateText: JSON.stringify([
      operation.state,
      operation.cancelRequestedAt,
      operation.commit,
      operation.startedAt,
      operation.pauseRequestedAt,
      operation.resumeAt,
    ]),
    project,
    took: operation.startedAt === null ? '' : duration((operation.finishedAt ?? now) - operation.startedAt),
    progress: isLive(operation.state) ? progressOf(loaded.steps) : 100,
    outcome: hosts.length === 0 ? '' : t('operations.hosts_done', { done, all: hosts.length }),
    result: await resultOf(page, operation, loaded.steps),
    release: operation.releaseId ? await releases.byId(page.db, operation.releaseId) : null,
    from: operation.fromOperation ? await operations.byId(page.db, operation.fromOperation) : null,
    isPrepared: operation.kind === 'prepare' && operation.state === 'succeeded',
    silent: await isSilent(page, operation),
    next: nextHosts(loaded.steps, hosts),
    failure: operation.failure && failed(page, operation.failure, loaded),
    leftOut: await leftOutHere(page, loaded),
    mayDeploy,
    begin: project && (await beginOf(page, project, operation, actions)),
    actions,
    wayBack: await ticketWayBack(page, operation),
    rollbacks: await Promise.all(actions.rollback.map(async (back) => rollbackOf(page, back))),
    namesOf: (some: OperationHost[]) => some.map((host) => host.hostName).join(', '),
    idempotencyKey: ulid(),
    grid: gridOf(loaded.steps, hosts, now),
    stepTitle: (step: StepRow) => stepTitle(t, step),
    chosen: loaded.chosen,
    now,
  };
}

function failed(page: Page, failure: Failure, { steps: journal, hosts }: Loaded) {
  return failureCard(page.t, failure, journal, hosts, readable(page, failure.detail));
}

/** Of this operation's hosts, what is out of traffic now. */
async function leftOutHere(page: Page, { operation, hosts }: Loaded): Promise<LeftOutGroup[]> {
  const here = new Set(hosts.map(({ hostId }) => hostId));
  const groups = await leftOutView(page, { projectId: operation.projectId });
  return groups
    .map((group) => ({
      ...group,
      rows: group.rows.filter(({ hostId }) => here.has(hostId)),
      hostIds: group.hostIds.filter((hostId) => here.has(hostId)),
    }))
    .filter(({ rows }) => rows.length > 0);
}

/** What the badge, the page's title and its favicon say. */
export function moodOf(operation: Operation): 'running' | 'good' | 'bad' | 'calm' {
  if (isLive(operation.state)) return 'running';
  if (operation.state === 'succeeded') return 'good';
  return operation.state === 'cancelled' || operation.state === 'abandoned' ? 'calm' : 'bad';
}

/** The names of the hosts that are changed next, as far as the first of them is known. */
function nextHosts(journal: StepRow[], hosts: OperationHost[]): string {
  const first = journal.find((step) => step.phase === 'activate' && step.hostId && step.state === 'pending');
  return hosts.find((host) => host.hostId === first?.hostId)?.hostName ?? '';
}

async function rollbackOf(page: Page, back: { releaseId: string; hosts: OperationHost[] }) {
  const release = await releases.byId(page.db, back.releaseId);
  return { ...back, name: release?.name ?? back.releaseId, kept: release?.state === 'kept' };
}

/** True where an operation runs but no worker has told of it for a while: the next one takes it up. */
async function isSilent(page: Page, operation: Operation): Promise<boolean> {
  if (!isLive(operation.state) || operation.state === 'paused') return false;
  const lock = await locks.ofProject(page.db, operation.projectId);
  if (lock?.operationId !== operation.id) return false;
  const since = lock.expiresAt ?? operation.createdAt;
  return Date.now() - since > 15_000;
}

/** What stands in the way of what could be begun from here; null where nothing is offered. */
function beginOf(
  page: Page,
  project: Project,
  { kind, ticketId }: Operation,
  { resume, retry, rollback }: Actions,
): Promise<MayBegin> | null {
  const kinds: OperationKind[] = resume.length + retry.length > 0 ? [kind] : [];
  if (rollback.length > 0) kinds.push('rollback');
  return kinds.length > 0 ? mayBegin(page, project, kinds, ticketId) : null;
}
