import { CedarError } from '../errors.ts';
import { decisionHash } from '../model/decision.ts';
import { isCommit } from '../model/git-ref.ts';
import { neededFor } from '../model/kind-permission.ts';
import type { Operation, Snapshot } from '../model/operation.ts';
import { may } from '../model/permission.ts';
import type { Project } from '../model/project.ts';
import { nextPart, planHash, type Ticket } from '../model/ticket.ts';
import { readClock } from '../store/clock.ts';
import type { Db } from '../store/database.ts';
import * as environments from '../store/environments.ts';
import * as operations from '../store/operations.ts';
import { snapshotOf } from '../store/snapshot.ts';
import { begin } from '../store/ticket-changes.ts';
import * as tickets from '../store/tickets.ts';
import * as users from '../store/users.ts';
import type { Request } from './request.ts';
import { withStrategy } from './run-strategy.ts';

/**
 * What goes on with an operation belongs to its ticket, as long as it is configured as it was; under other
 * configuration it is nobody's approved, and the gates judge it so. Nobody else names a ticket along with an earlier
 * operation.
 */
export async function withTicket(trx: Db, request: Request): Promise<Request> {
  const { relation, fromOperation } = request;
  if (!relation) return request;
  const from = fromOperation && relation !== 'rollback' ? await operations.byId(trx, fromOperation) : null;
  const holds =
    from?.ticketId && isSameCommit(from, request) && (await isConfiguredAs(trx, from.snapshot, request));
  return { ...request, ticketId: holds ? from.ticketId : null };
}

/** A deploy that failed before it resolved its ref goes on with the approved commit, not with what a branch is by now. */
function isSameCommit(from: Operation, { kind, ref = null }: Request): boolean {
  return kind !== 'deploy' || (ref !== null && isCommit(ref) && ref === commitOf(from));
}

/** The commit that an operation was for; null where it never knew one. */
export function commitOf({ commit, snapshot, ref }: Operation): string | null {
  return commit ?? snapshot.params.commit ?? ref;
}

async function isConfiguredAs(trx: Db, before: Snapshot, request: Request): Promise<boolean> {
  const { projectId, hostIds, params, strategy } = request;
  const now = await snapshotOf(trx, projectId, [...new Set(hostIds)], params);
  now.project.settings = withStrategy(now.project.settings, strategy);
  return isSame(before, now);
}

/**
 * Uses an approval up for the operation that is about to be queued, in its transaction. A resume or retry goes on
 * under the approval of what it goes on with.
 * @returns the ticket that the operation carries out; null: none
 * @throws CedarError `ticket_not_approved`, `ticket_expired`, `ticket_used`, `ticket_other_plan` (409),
 *   `ticket_not_yours` (403)
 */
export async function takeTicket(
  trx: Db,
  request: Request,
  project: Project,
  { decision, operationId }: { decision: string | null; operationId: string },
): Promise<string | null> {
  if (!request.ticketId) return null;
  if (request.relation) return request.ticketId;
  const ticket = await tickets.byId(trx, request.ticketId);
  if (!ticket) throw new CedarError('ticket_other_plan', {}, 409);
  if (ticket.state !== 'approved' && ticket.state !== 'running')
    throw new CedarError('ticket_not_approved', {}, 409);
  const part = nextPart(ticket);
  if (!part) throw new CedarError('ticket_used', {}, 409);
  if ((await readClock(trx)) >= (ticket.expiresAt ?? 0)) throw new CedarError('ticket_expired', {}, 409);
  const same =
    request.kind === part.kind &&
    part.projectId === project.id &&
    (part.ref || null) === (request.ref ?? null) &&
    decision !== null &&
    decision === part.decision &&
    planHash(ticket) === ticket.approvedPlan;
  if (!same) throw new CedarError('ticket_other_plan', {}, 409);
  await mayRun(trx, ticket, request, project);
  const by = { id: request.by.id, name: request.by.displayName };
  if (!(await begin(trx, ticket, part, operationId, by))) throw new CedarError('ticket_used', {}, 409);
  return ticket.id;
}

/** True where the hosts at hand, and the project on them, are configured as they were. */
function isSame(before: Snapshot, now: Snapshot): boolean {
  const hosts = before.hosts.filter(({ hostId }) => now.hosts.some((host) => host.hostId === hostId));
  const choice = { kind: 'deploy', commit: null, releaseId: null } as const;
  const hashOf = (snapshot: Snapshot) => decisionHash(choice, { ...snapshot, params: {} });
  return hashOf({ ...before, hosts }) === hashOf(now);
}

async function mayRun(trx: Db, ticket: Ticket, { by, kind }: Request, project: Project): Promise<void> {
  if (by.id === ticket.applicantId) return;
  const person = await users.person(trx, by.id);
  const production = await environments.isProduction(trx, project.environment);
  if (may(person, neededFor[kind], { groupId: project.groupId, production })) return;
  throw new CedarError('ticket_not_yours', {}, 403);
}
