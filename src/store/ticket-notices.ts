import type { Ticket } from '../model/ticket.ts';
import { ticketEventOf } from '../model/ticket-change.ts';
import type { KeptTicketEvent } from '../model/ticket-event.ts';
import { isTicketTold, toldOfTicket } from '../model/ticket-told.ts';
import type { Db } from './database.ts';
import * as hosts from './hosts.ts';
import { add, put } from './outbox.ts';
import { receivers } from './receivers.ts';
import { byId } from './tickets.ts';

/**
 * Tells a change of a ticket, in the transaction that brought it: called with each row of its history, once.
 * Receivers of changes hear of each, those of one group of the tickets with a project of it; the robots of people of
 * what they decide, and of the end.
 */
export async function ticketChanged(trx: Db, ticketId: string, event: KeptTicketEvent): Promise<void> {
  const ticket = await byId(trx, ticketId);
  if (!ticket) return;
  await tellPrograms(trx, ticket, event);
  if (isTicketTold(event)) await tellPeople(trx, ticket, event);
}

/** Those who hear of the groups and environments that own one of its projects. */
async function tellPeople(trx: Db, ticket: Ticket, event: KeptTicketEvent): Promise<void> {
  const ids = ticket.parts.map(({ projectId }) => projectId);
  const rows: { group_id: string; environment: string; production: unknown }[] = await trx('projects')
    .join('environments', 'environments.name', 'projects.environment')
    .whereIn('projects.id', ids)
    .distinct('projects.group_id', 'projects.environment', 'environments.production');
  for (const { group_id: groupId, environment, production } of rows) {
    const place = { groupId, environment, production: Boolean(production) };
    const notice = { topic: 'ticket', dedupeKey: `ticket-told:${event.id}`, ticketId: ticket.id };
    const news = { kind: 'ticket' as const, place };
    await add(trx, { ...notice, news, told: toldOfTicket(ticket, event, groupId) });
  }
}

async function tellPrograms(trx: Db, ticket: Ticket, event: KeptTicketEvent): Promise<void> {
  const concerned = (await receivers(trx)).filter(
    ({ groupId: of }) => of === null || ticket.parts.some(({ groupId }) => groupId === of),
  );
  if (concerned.length === 0) return;
  const named = await hosts.byIds(
    trx,
    ticket.parts.flatMap(({ hostIds }) => hostIds ?? []),
  );
  const hostNames = new Map(named.map(({ id, name }) => [id, name]));
  for (const { id: channelId, groupId } of concerned) {
    const body = { event: ticketEventOf(ticket, event, { groupId, hostNames }) };
    const of = { operationId: null, ticketId: ticket.id };
    await put(trx, { channelId, topic: 'change', dedupeKey: `ticket:${event.id}`, body, ...of });
  }
}
