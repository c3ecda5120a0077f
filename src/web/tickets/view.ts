import {
  isOpen,
  mayApprove,
  nextPart,
  planHash,
  seesTicket,
  type Ticket,
  type TicketPart,
} from '../../model/ticket.ts';
import { deciders } from '../../store/approvers.ts';
import * as hosts from '../../store/hosts.ts';
import * as operations from '../../store/operations.ts';
import * as projects from '../../store/projects.ts';
import * as releases from '../../store/releases.ts';
import * as ticketEvents from '../../store/ticket-events.ts';
import * as tickets from '../../store/tickets.ts';
import { mayBegin } from '../deploy/may-begin.ts';
import { refusalText } from '../operation/refusal.ts';
import type { Page } from '../page.ts';
import { subjectOf } from '../subjects.ts';
import { deedsOf } from './can.ts';

/** The ticket of the path, as far as the person may see it; 404 otherwise. */
export async function ticketOf(page: Page): Promise<Ticket> {
  const ticket = await tickets.byId(page.db, page.param('ticket'));
  return ticket && seesTicket(page.who, ticket) ? ticket : page.notFound();
}

/** Everything that a ticket's page shows. */
export async function ticketModel(page: Page, ticket: Ticket): Promise<Record<string, unknown>> {
  const parts = await Promise.all(ticket.parts.map((part) => partModel(page, ticket, part)));
  const idle = ticket.parts.every((part) => part.state !== 'running');
  const open = isOpen(ticket);
  const next = parts.find((part) => part.position === nextPart(ticket)?.position) ?? null;
  const decided = ticket.state === 'approved' || ticket.state === 'running';
  const unsure = parts.some((part) => part.problem !== '');
  const concerned = ticket.applicantId === page.who.id || mayApprove(page.who, ticket);
  const deeds = deedsOf(page.who, ticket, next?.production ?? true);
  const project = decided && next?.sees ? await projects.byId(page.db, next.projectId) : null;
  return {
    ...{ ticket, parts, plan: planHash(ticket), next },
    begin: project && next && (await mayBegin(page, project, [next.kind], ticket.id)),
    can: {
      ...Object.fromEntries(deeds.map((deed) => [deed, true])),
      look: open && idle && !decided && unsure && concerned,
    },
    problem: ticket.problem && open ? refusalText(page, ticket.problem) : '',
    deciders: ticket.state === 'waiting' ? await deciders(page.db, ticket) : null,
    events: await ticketEvents.ofTicket(page.db, ticket.id),
  };
}

/** What of a part the person may see: commits, files and machines are the project's. */
async function partModel(page: Page, _ticket: Ticket, part: TicketPart) {
  const project = await projects.byId(page.db, part.projectId);
  const subject = project ? await subjectOf(page, project) : { groupId: part.groupId, production: true };
  const sees = page.may('project.see', subject);
  const operation = part.operationId ? await operations.byId(page.db, part.operationId) : null;
  const named = part.hostIds && sees ? await hosts.byIds(page.db, part.hostIds) : null;
  const release = operation?.releaseId ? await releases.byId(page.db, operation.releaseId) : null;
  return {
    ...part,
    ...{ sees, operation: sees ? operation : null, release: sees ? release : null },
    production: subject.production,
    mayDeploy: project !== null && page.may('project.deploy', subject),
    hosts: named?.map((host) => host.name) ?? null,
    changes: sees ? part.changes : null,
    configuration: sees ? part.configuration : null,
    problem: part.problem ? refusalText(page, part.problem) : '',
    target: part.releaseId && sees ? await releases.byId(page.db, part.releaseId) : null,
    rollback: part.rollbackId && sees ? await releases.byId(page.db, part.rollbackId) : null,
  };
}
