import { CedarError } from '../../errors.ts';
import { neededFor } from '../../model/kind-permission.ts';
import { may } from '../../model/permission.ts';
import { nextPart, seesTicket, type Ticket, type TicketPart } from '../../model/ticket.ts';
import { reaches } from '../../model/token.ts';
import * as environments from '../../store/environments.ts';
import * as projects from '../../store/projects.ts';
import * as tickets from '../../store/tickets.ts';
import { mustApprove } from '../tickets/decide.ts';
import type { Call } from './call.ts';
import type { JudgingGuard } from './endpoint.ts';

/** The ticket of the path, where the token's owner sees it and the token counts for a project of it; else 404. */
export async function ticketHere(call: Call): Promise<Ticket> {
  const ticket = await tickets.byId(call.db, call.param('ticket'));
  const { person } = call.caller;
  return ticket && seesTicket(person, ticket) && ticket.parts.some((part) => isReached(call, part))
    ? ticket
    : call.notFound();
}

export const ticketSeen: JudgingGuard = {
  name: 'ticket.see',
  judge: async (call) => {
    await ticketHere(call);
  },
};

/** As the page: never the applicant, whichever token they hold; and the token counts for all of its projects. */
export const ticketDecided: JudgingGuard = {
  name: 'ticket.decide',
  judge: async (call) => {
    const ticket = await ticketHere(call);
    mustReach(call, ticket);
    mustApprove(call.caller.person, ticket);
  },
};

/** Its applicant, and whoever may do to its next project what it asks for. */
export const ticketRun: JudgingGuard = {
  name: 'ticket.run',
  judge: async (call) => {
    const ticket = await ticketHere(call);
    mustReach(call, ticket);
    const next = nextPart(ticket);
    const { person } = call.caller;
    if (next === null || ticket.applicantId === person.id) return;
    const project = await projects.byId(call.db, next.projectId);
    const environment = project && (await environments.byName(call.db, project.environment));
    const subject = { groupId: next.groupId, production: environment?.production ?? true };
    if (!may(person, neededFor[next.kind], subject)) throw new CedarError('ticket_not_yours', {}, 403);
  },
};

/** @throws CedarError `forbidden` (403) where the token does not count for all of its projects */
export function mustReach(call: Call, ticket: Ticket): void {
  if (!ticket.parts.every((part) => isReached(call, part))) throw new CedarError('forbidden', {}, 403);
}

function isReached(call: Call, { groupId, projectId }: TicketPart): boolean {
  return reaches(call.caller.token.reach, { groupId, projectId });
}
