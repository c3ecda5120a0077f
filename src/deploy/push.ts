import { CedarError } from '../errors.ts';
import type { Project } from '../model/project.ts';
import { branchFits, type Delivery, type ForgeEvent, type InboundHook } from '../model/push.ts';
import { pushMetClosed } from '../store/changes.ts';
import type { Db } from '../store/database.ts';
import * as deliveries from '../store/deliveries.ts';
import * as environments from '../store/environments.ts';
import * as hooks from '../store/inbound-hooks.ts';
import * as placements from '../store/placements.ts';
import { isDuplicate, writing } from '../store/transaction.ts';
import { launch } from './launch.ts';
import { noteRefusedPush } from './refused-push.ts';
import { isClosed } from './waits-for-window.ts';

/** Something signed that a forge told a project. */
export type Told = {
  hook: InboundHook;
  project: Project;
  forge: string;
  event: ForgeEvent;
  ip: string | null;
  requestId: string | null;
};

type Fate = Pick<Delivery, 'outcome' | 'detail' | 'operationId'> & {
  /** When the window opens that refused it, or holds it. */
  until?: number;
};
const fate = (
  outcome: Delivery['outcome'],
  detail: string | null = null,
  operationId: string | null = null,
) => ({
  ...{ outcome, detail, operationId },
});

/**
 * Decides what becomes of a delivery and keeps it; the same delivery again is answered as it was, and starts
 * nothing. A push while the project is busy waits, and only the newest one does: when the project is free, the
 * branch's newest commit is deployed.
 */
export async function receive(db: Db, told: Told): Promise<Delivery> {
  const before = await deliveries.earlier(db, told.project.id, told.event.delivery);
  if (before) return before;
  const decided = await decide(db, told);
  try {
    return await writing(db, (trx) => keep(trx, told, decided));
  } catch (error) {
    const twin = isDuplicate(error) && (await deliveries.earlier(db, told.project.id, told.event.delivery));
    if (!twin) throw error;
    return twin;
  }
}

async function decide(db: Db, { hook, project, forge, event, ip, requestId }: Told): Promise<Fate> {
  const { push, why } = event;
  if (!push) return fate('ignored', why);
  return start(db, hook, project, { ...push, forge, delivery: event.delivery }, { ip, requestId });
}

/** Launches the deploy of a push where the project's rules, as they are now, allow it. */
export async function start(
  db: Db,
  hook: InboundHook,
  project: Project,
  push: Pushed,
  from: { ip: string | null; requestId: string | null },
): Promise<Fate> {
  if (!hook.enabled) return fate('refused', 'webhook_off');
  if (!branchFits(push.branch, hook.branches.length > 0 ? hook.branches : [project.branch]))
    return fate('branch');
  const environment = await environments.byName(db, project.environment);
  if ((environment?.production ?? true) && !hook.production) return fate('production');
  return launched(db, hook, push, from);
}

async function keep(trx: Db, told: Told, decided: Fate): Promise<Delivery> {
  const { project, forge, event } = told;
  const { delivery, push } = event;
  const what = { branch: push?.branch ?? null, commit: push?.commit ?? null, pusher: push?.pusher ?? null };
  const { until, ...outcome } = decided;
  const line = { projectId: project.id, delivery, forge, event: event.event, ...what, ...outcome };
  const kept = await deliveries.add(trx, line);
  await noteRefusedPush(trx, told, what, decided);
  if (decided.outcome === 'waiting') await waitInPlace(trx, kept);
  if (decided.outcome === 'started') await takePlace(trx, project.id);
  if (until !== undefined && push) {
    const held = decided.outcome === 'waiting';
    const { branch, pusher } = push;
    const told = { projectKey: project.key, deliveryId: kept.id, branch, pusher, until, held };
    await pushMetClosed(trx, project, told);
  }
  return kept;
}

/** The newest push waits; the one that waited before will not be deployed by itself. */
async function waitInPlace(trx: Db, { projectId, id }: Delivery): Promise<void> {
  const hook = await hooks.ofProject(trx, projectId);
  if (hook?.pending) await deliveries.conclude(trx, hook.pending, fate('superseded'));
  await hooks.wait(trx, projectId, id);
}

/** What is deployed now is newer than what waited. */
async function takePlace(trx: Db, projectId: string): Promise<void> {
  const pending = (await hooks.ofProject(trx, projectId))?.pending;
  if (pending && (await hooks.awaited(trx, projectId, pending)))
    await deliveries.conclude(trx, pending, fate('superseded'));
}

/** A push as an operation is made of it. */
export type Pushed = { branch: string; commit: string; pusher: string; forge: string; delivery: string };

/**
 * Launches the deploy of a push, once for each delivery. Gives `waiting` where the project is busy, or where its window
 * is closed and its pushes are held.
 */
async function launched(
  db: Db,
  hook: InboundHook,
  push: Pushed,
  from: { ip: string | null; requestId: string | null },
): Promise<Fate> {
  const name = `webhook:${push.forge}`;
  try {
    const operation = await launch(db, {
      ...{ kind: 'deploy', projectId: hook.projectId, ref: push.branch, via: 'api', ...from },
      hostIds:
        hook.hostIds ?? (await placements.ofProject(db, hook.projectId)).map((placed) => placed.hostId),
      by: { id: hook.id, username: name, displayName: push.pusher ? `${name} (${push.pusher})` : name },
      reason: `push ${push.branch} ${push.commit.slice(0, 8)}`,
      idempotencyKey: `hook:${hook.projectId}:${push.delivery}`,
    });
    return fate('started', null, operation.id);
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    if (error.code === 'locked') return fate('waiting');
    const { code, detail } = error;
    if (!isClosed(error)) return fate('refused', code);
    return { ...fate(hook.hold ? 'waiting' : 'refused', code), until: Number(detail.until) };
  }
}

/** Where a hook deploys: every host of the project, or those chosen that still are. */
export async function hostsOf(db: Db, { projectId, hostIds }: InboundHook): Promise<string[]> {
  const placed = (await placements.ofProject(db, projectId)).map(({ hostId }) => hostId);
  return placed.filter((id) => hostIds === null || hostIds.includes(id));
}
