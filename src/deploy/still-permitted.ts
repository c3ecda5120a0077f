import { neededFor } from '../model/kind-permission.ts';
import type { Operation } from '../model/operation.ts';
import { may } from '../model/permission.ts';
import { reaches } from '../model/token.ts';
import type { Db } from '../store/database.ts';
import * as environments from '../store/environments.ts';
import * as hooks from '../store/inbound-hooks.ts';
import * as projects from '../store/projects.ts';
import * as tickets from '../store/tickets.ts';
import * as tokens from '../store/tokens.ts';
import * as users from '../store/users.ts';
import { failureOf, StepFailed } from './failure.ts';
import { OperationStopped } from './operation-stopped.ts';
import { noteRefusedStart } from './refused-at-start.ts';
import type { Run } from './run.ts';

/**
 * Judges again whether whoever asked for the operation may (S33): what was granted then may be taken by now.
 * An unlocking is not stopped: it only takes away, and a lock without its fence told would be worse.
 * @throws OperationStopped `permission_revoked`; hosts that were not begun stay as they are
 */
export async function stillPermitted(run: Run): Promise<void> {
  const { operation, forms } = run;
  if (operation.kind === 'unlock') return;
  if (await run.read((db) => isPermitted(db, operation))) return;
  await run.write((trx) => noteRefusedStart(trx, operation, 'permission_revoked'));
  const failed = new StepFailed('permission_revoked', { by: operation.requestedName });
  throw new OperationStopped(failureOf(failed, { stepKey: null, hostId: null }, forms), false);
}

/** True while the requester is there and may: a person, the program with a person's token, or a project's webhook. */
export async function isPermitted(db: Db, operation: Operation): Promise<boolean> {
  const { projectId, requestedBy, kind } = operation;
  if (requestedBy === null) return false;
  const groupId = (await projects.byId(db, projectId))?.groupId ?? operation.groupId;
  const production = (await environments.byName(db, operation.environment))?.production ?? true;
  const hook = await hooks.ofProject(db, projectId);
  if (hook?.id === requestedBy) return hook.enabled && (hook.production || !production);
  const person = await users.person(db, requestedBy);
  const granted = may(person, neededFor[kind], { groupId, production });
  if (!granted && !(person && (await carriesOutTicket(db, operation)))) return false;
  const tokenId = operation.admission?.tokenId ?? null;
  return tokenId === null || tokenHolds(db, tokenId, { groupId, projectId });
}

/** An approval is the applicant's right to this one deploy, whatever grants they hold, until the ticket is over. */
async function carriesOutTicket(db: Db, { id, ticketId, requestedBy }: Operation): Promise<boolean> {
  const ticket = ticketId ? await tickets.byId(db, ticketId) : null;
  if (ticket?.state !== 'running' || ticket.applicantId !== requestedBy) return false;
  return ticket.parts.some((part) => part.operationId === id);
}

async function tokenHolds(db: Db, id: string, of: { groupId: string; projectId: string }): Promise<boolean> {
  const token = await tokens.byId(db, id);
  return (
    token !== null && token.revokedAt === null && token.expiresAt > Date.now() && reaches(token.reach, of)
  );
}
