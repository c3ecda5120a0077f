import { ulid } from 'ulid';
import type { TicketState } from '../model/ticket.ts';
import type { KeptTicketEvent, TicketAction, TicketEvent } from '../model/ticket-event.ts';
import { readClock } from './clock.ts';
import type { Db } from './database.ts';
import { ticketChanged } from './ticket-notices.ts';

export type { TicketAction, TicketEvent };

/** Keeps what happened, with the state that the ticket has from then on, and tells it. */
export async function add(
  trx: Db,
  ticketId: string,
  state: TicketState,
  { action, by = null, reason = null, detail = {} }: Partial<TicketEvent> & Pick<TicketEvent, 'action'>,
): Promise<void> {
  const [id, at] = [ulid(), await readClock(trx)];
  await trx('ticket_events').insert({
    ...{ id, ticket_id: ticketId, at, action, state, reason },
    ...{ by_id: by?.id ?? null, by_name: by?.name ?? null, detail: JSON.stringify(detail) },
  });
  await ticketChanged(trx, ticketId, { id, at, action, state, by, reason, detail });
}

/** The whole history, oldest first. */
export async function ofTicket(db: Db, ticketId: string): Promise<KeptTicketEvent[]> {
  const rows = await db('ticket_events')
    .where({ ticket_id: ticketId })
    .orderBy([{ column: 'at' }, { column: 'id' }]);
  return rows.map((row) => ({
    id: row.id,
    action: row.action,
    state: row.state,
    at: Number(row.at),
    by: row.by_name === null ? null : { id: row.by_id, name: row.by_name },
    reason: row.reason,
    detail: JSON.parse(row.detail ?? '{}'),
  }));
}
