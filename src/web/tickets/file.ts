import type { AuditEntry } from '../../store/audit.ts';
import { record } from '../../store/audit.ts';
import type { Db } from '../../store/database.ts';
import * as ticketEvents from '../../store/ticket-events.ts';
import * as tickets from '../../store/tickets.ts';

type Audit = (entry: Pick<AuditEntry, 'action' | 'object' | 'after' | 'reason'>) => AuditEntry;

/** Keeps a new ticket with the first row of its history. */
export async function fileTicket(trx: Db, ticket: tickets.NewTicket, audit: Audit): Promise<void> {
  const { id, reason, wishedAt, selfStart } = ticket;
  const by = { id: ticket.applicantId, name: ticket.applicantName };
  await tickets.add(trx, ticket);
  await ticketEvents.add(trx, id, 'waiting', { action: 'filed', by, reason });
  const parts = ticket.parts.map(({ projectKey, kind, ref, releaseId, hostIds }) => ({
    ...{ projectKey, kind, ref, hostIds },
    ...(releaseId && { releaseId }),
  }));
  const after = { parts, wishedAt, selfStart };
  await record(trx, audit({ action: 'ticket.file', object: `ticket:${id}`, after, reason }));
}
