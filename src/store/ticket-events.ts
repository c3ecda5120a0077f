import { ulid } from 'ulid';
import type { TicketState } from '../model/ticket.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';

export type TicketAction =
  | 'filed'
  | 'frozen'
  | 'changed'
  | 'approved'
  | 'fell'
  | 'started'
  | 'part-done'
  | 'failed'
  | 'done'
  | 'closed'
  | 'refused'
  | 'withdrawn'
  | 'expired';

/** One row of a ticket's history. `by` is null for what the console does by itself. */
export type TicketEvent = {
  action: TicketAction;
  by: { id: string; name: string } | null;
  reason: string | null;
  detail: Record<string, string | number>;
};

/** Keeps what happened, with the state that the ticket has from then on. */
export async function add(
  trx: Db,
  ticketId: string,
  state: TicketState,
  { action, by = null, reason = null, detail = {} }: Partial<TicketEvent> & Pick<TicketEvent, 'action'>,
): Promise<void> {
  await trx('ticket_events').insert({
    ...{ id: ulid(), ticket_id: ticketId, at: now(trx), action, state, reason },
    ...{ by_id: by?.id ?? null, by_name: by?.name ?? null, detail: JSON.stringify(detail) },
  });
}

/** The whole history, oldest first. */
export async function ofTicket(
  db: Db,
  ticketId: string,
): Promise<(TicketEvent & { at: number; state: TicketState })[]> {
  const rows = await db('ticket_events')
    .where({ ticket_id: ticketId })
    .orderBy([{ column: 'at' }, { column: 'id' }]);
  return rows.map((row) => ({
    action: row.action,
    state: row.state,
    at: Number(row.at),
    by: row.by_name === null ? null : { id: row.by_id, name: row.by_name },
    reason: row.reason,
    detail: JSON.parse(row.detail ?? '{}'),
  }));
}
