import type { ConfigurationChanges } from '../model/configuration-changes.ts';
import type { FrozenChanges, Ticket, TicketPart, TicketProblem, TicketState } from '../model/ticket.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';
import { add as addEvent, type TicketEvent } from './ticket-events.ts';

type Event = Partial<TicketEvent> & Pick<TicketEvent, 'action'>;

/**
 * Takes a ticket from one of some states to another, with its row of history. False where it is in none of them.
 * @param also further columns that are set with it
 */
export async function move(
  trx: Db,
  id: string,
  from: readonly TicketState[],
  to: TicketState,
  event: Event,
  also: Record<string, unknown> = {},
): Promise<boolean> {
  const final = !['waiting', 'approved', 'running'].includes(to);
  const changed = await trx('tickets')
    .where({ id })
    .whereIn('state', from)
    .update({
      state: to,
      ...(final && { closed_at: now(trx) }),
      ...(to === 'waiting' && unapproved),
      problem: null,
      ...also,
    });
  if (changed !== 1) return false;
  await addEvent(trx, id, to, event);
  return true;
}

const unapproved = {
  ...{ approved_by: null, approved_name: null, approved_plan: null, approved_at: null, expires_at: null },
};

/** Approves one that waits, for the plan that was seen. False where it waits no more. */
export async function approve(
  trx: Db,
  id: string,
  plan: string,
  by: { id: string; name: string },
  expiresAt: number,
  reason: string | null,
): Promise<boolean> {
  const event = { action: 'approved' as const, by, reason };
  return move(trx, id, ['waiting'], 'approved', event, {
    ...{ approved_by: by.id, approved_name: by.name, approved_plan: plan },
    ...{ approved_at: now(trx), expires_at: expiresAt },
  });
}

/** Keeps what a part stands for now. */
export async function freeze(
  trx: Db,
  ticketId: string,
  position: number,
  to: { commit?: string; changes?: FrozenChanges; decision: string | null; problem: TicketProblem | null },
  configuration: ConfigurationChanges | null = null,
): Promise<void> {
  await trx('ticket_parts')
    .where({ ticket_id: ticketId, position })
    .update({
      ...(to.commit && { commit_id: to.commit }),
      ...(to.changes && { changes: JSON.stringify(to.changes) }),
      decision_hash: to.decision,
      configuration: configuration && JSON.stringify(configuration),
      problem: to.problem && JSON.stringify(to.problem),
    });
}

/** Its ref is resolved anew: another question was asked. */
export async function lookAgain(
  trx: Db,
  ticketId: string,
  position: number,
  questionId: string,
): Promise<void> {
  await trx('ticket_parts')
    .where({ ticket_id: ticketId, position, state: 'open' })
    .update({ question_id: questionId, commit_id: null, decision_hash: null, changes: null, problem: null });
}

/** Keeps why a ticket could not start itself. */
export async function tell(db: Db, id: string, problem: TicketProblem): Promise<void> {
  await db('tickets')
    .where({ id })
    .update({ problem: JSON.stringify(problem) });
}

/** One approval, one deploy: hands a part to an operation. False where somebody was faster. */
export async function begin(
  trx: Db,
  ticket: Ticket,
  part: TicketPart,
  operationId: string,
  by: { id: string; name: string },
): Promise<boolean> {
  const taken = await trx('ticket_parts')
    .where({ ticket_id: ticket.id, position: part.position, state: 'open' })
    .where({ decision_hash: part.decision })
    .update({ state: 'running', operation_id: operationId });
  if (taken !== 1) return false;
  const detail = { project: part.projectKey, operation: operationId };
  return move(trx, ticket.id, ['approved', 'running'], 'running', { action: 'started', by, detail });
}
