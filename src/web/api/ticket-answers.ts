import { hasText } from '../../i18n/index.ts';
import { nextPart, planHash, type Ticket, type TicketPart, type TicketProblem } from '../../model/ticket.ts';
import { deciders } from '../../store/approvers.ts';
import * as environments from '../../store/environments.ts';
import * as hosts from '../../store/hosts.ts';
import * as operations from '../../store/operations.ts';
import * as projects from '../../store/projects.ts';
import * as ticketEvents from '../../store/ticket-events.ts';
import { deedsOf } from '../tickets/can.ts';
import type { Call } from './call.ts';
import { momentOf, momentOrNoneOf } from './schemas/z.ts';
import { ticketHere } from './ticket-guards.ts';

/** A ticket as it is answered. Machines, releases and operations are told of projects that the token sees. */
export async function ticketAnswer(call: Call, ticket: Ticket) {
  const { id, state, reason, applicantName: applicant, selfStart, approvedName: approvedBy } = ticket;
  const { person } = call.caller;
  return {
    ...{ id, state, reason, applicant, selfStart, approvedBy, plan: planHash(ticket) },
    mine: ticket.applicantId === person.id,
    createdAt: momentOf(ticket.createdAt),
    wishedAt: momentOrNoneOf(ticket.wishedAt),
    approvedAt: momentOrNoneOf(ticket.approvedAt),
    expiresAt: momentOrNoneOf(ticket.expiresAt),
    closedAt: momentOrNoneOf(ticket.closedAt),
    problem: problemOf(call, ticket.problem),
    can: deedsOf(person, ticket, await isNextProduction(call, ticket)),
    parts: await Promise.all(ticket.parts.map((part) => partAnswer(call, part))),
    href: `/api/v1/tickets/${id}`,
  };
}

/** The ticket of the path, read anew, with what it would bring and what happened to it. */
export async function wholeAnswer(call: Call) {
  const ticket = await ticketHere(call);
  const answer = await ticketAnswer(call, ticket);
  const events = await ticketEvents.ofTicket(call.db, ticket.id);
  return {
    ...answer,
    parts: answer.parts.map((part, index) => {
      const own = ticket.parts[index]!;
      return { ...part, changes: call.sees(own) ? own.changes : null };
    }),
    deciders: await deciders(call.db, ticket),
    events: events.map(({ at, action, state, by, reason, detail }) => ({
      ...{ at: momentOf(at), action, state, reason, by: by?.name ?? null },
      project: detail.project === undefined ? null : String(detail.project),
    })),
  };
}

async function partAnswer(call: Call, part: TicketPart) {
  const { projectKey: project, kind, ref, commit, restart, decision, state } = part;
  const sees = call.sees(part);
  const named = part.hostIds && sees ? await hosts.byIds(call.db, part.hostIds) : null;
  const operation = part.operationId ? await operations.byId(call.db, part.operationId) : null;
  return {
    ...{ project, kind, ref: ref || null, commit, restart, decision, state },
    release: sees ? part.releaseId : null,
    rollback: sees ? part.rollbackId : null,
    hosts: named?.map(({ name }) => name) ?? null,
    operation: sees ? (operation?.id ?? null) : null,
    problem: problemOf(call, part.problem),
  };
}

function problemOf(call: Call, problem: TicketProblem | null) {
  if (problem === null) return null;
  const { code, detail } = problem;
  return { code, message: hasText(`error.${code}`) ? call.t(`error.${code}`, detail) : code };
}

async function isNextProduction(call: Call, ticket: Ticket): Promise<boolean> {
  const next = nextPart(ticket);
  const project = next && (await projects.byId(call.db, next.projectId));
  return (project && (await environments.byName(call.db, project.environment)))?.production ?? true;
}
