import type { TicketState } from './ticket.ts';

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

/** The row as it is kept, with the state that the ticket has from then on. */
export type KeptTicketEvent = TicketEvent & { id: string; at: number; state: TicketState };
