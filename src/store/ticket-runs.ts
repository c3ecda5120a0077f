import type { OperationState } from '../model/operation.ts';
import type { Ticket, TicketPart } from '../model/ticket.ts';
import type { Db } from './database.ts';
import { move } from './ticket-changes.ts';
import { add as addEvent } from './ticket-events.ts';
import { byId } from './tickets.ts';

/**
 * Tells the ticket of an operation how it ended, in the transaction that ends it. One that did not succeed has used
 * its approval up: the ticket waits for another one, unless a resume brings the rest.
 */
export async function ticketEnded(trx: Db, operationId: string, state: OperationState): Promise<void> {
  const operation = await trx('operations').where({ id: operationId }).first();
  const ticket = operation?.ticket_id ? await byId(trx, operation.ticket_id) : null;
  const part = ticket?.parts.find((one) => one.projectId === operation.project_id);
  if (!ticket || !part) return;
  const detail = { project: part.projectKey, operation: operationId, state };
  if (part.operationId === operationId)
    return state === 'succeeded' ? succeed(trx, ticket, part, detail) : fail(trx, ticket, part, detail);
  const same =
    operation.kind === part.kind && (part.kind !== 'deploy' || operation.commit_id === part.commit);
  const brought = operation.relation === 'resume' && same;
  if (brought && state === 'succeeded' && part.state === 'open') await succeed(trx, ticket, part, detail);
}

type Detail = Record<string, string | number>;

async function succeed(trx: Db, ticket: Ticket, part: TicketPart, detail: Detail): Promise<void> {
  await setPart(trx, ticket, part, { state: 'done', operation_id: detail.operation });
  const rest = ticket.parts.some((one) => one.position !== part.position && one.state !== 'done');
  const open = ['waiting', 'approved', 'running'] as const;
  if (rest) await addEvent(trx, ticket.id, ticket.state, { action: 'part-done', detail });
  else await move(trx, ticket.id, open, 'done', { action: 'done', detail });
}

async function fail(trx: Db, ticket: Ticket, part: TicketPart, detail: Detail): Promise<void> {
  await setPart(trx, ticket, part, { state: 'open', operation_id: null });
  await move(trx, ticket.id, ['running'], 'waiting', { action: 'failed', detail });
}

async function setPart(trx: Db, { id }: Ticket, { position }: TicketPart, to: Record<string, unknown>) {
  await trx('ticket_parts').where({ ticket_id: id, position }).update(to);
}
