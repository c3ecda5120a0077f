import { mayApprove, openTicketStates, type Ticket } from '../../model/ticket.ts';
import * as tickets from '../../store/tickets.ts';
import type { Page } from '../page.ts';

/** What of the tickets concerns a person now: the own open ones, and those that wait for a decision of theirs. */
export async function ticketsOf(page: Page): Promise<{ mine: Ticket[]; forMe: Ticket[] }> {
  const { id: applicantId } = page.who;
  const mine = await tickets.list(page.db, { states: openTicketStates, applicantId, limit: 20 });
  const waiting = await tickets.list(page.db, { states: ['waiting'], ...seenBy(page), limit: 100 });
  return { mine, forMe: waiting.filter((ticket) => mayApprove(page.who, ticket)).slice(0, 20) };
}

/** The store's filter of the tickets that a person may see. */
export function seenBy(page: Page): { seen?: { applicantId: string; groupIds: string[] } } {
  const { groupIds } = page;
  return groupIds === undefined ? {} : { seen: { applicantId: page.who.id, groupIds } };
}
