import { hostsOf } from '../../deploy/ticket-plan.ts';
import type { Project } from '../../model/project.ts';
import { nextPart, type Ticket, type TicketPart } from '../../model/ticket.ts';
import * as tickets from '../../store/tickets.ts';
import type { Page } from '../page.ts';

/** An approved ticket on the deploy page of the project whose turn it is. */
export type TicketOnPage = { ticket: Ticket; part: TicketPart; hostIds: string[] };

/** The ticket that the address or the sent form names; null where it has nothing approved for this project now. */
export async function ticketOnPage(page: Page, project: Project): Promise<TicketOnPage | null> {
  const sent = (page.req.body as Record<string, unknown> | undefined)?.ticket;
  const id = page.query('ticket') ?? (typeof sent === 'string' ? sent : null);
  const ticket = id ? await tickets.byId(page.db, id) : null;
  const part = ticket && nextPart(ticket);
  if (!ticket || part?.projectId !== project.id || part.kind !== 'deploy' || ticket.approvedPlan === null)
    return null;
  return { ticket, part, hostIds: await hostsOf(page.db, part) };
}
