import type { Said, SaidDetail, Told } from './notice.ts';
import type { Ticket, TicketPart } from './ticket.ts';
import type { KeptTicketEvent, TicketAction } from './ticket-event.ts';

/** What people are told: that a decision is wanted, that it was made or is void, and how the ticket ended. */
const told: readonly TicketAction[] = [
  ...(['filed', 'approved', 'refused', 'fell', 'failed'] as const),
  ...(['done', 'closed', 'withdrawn', 'expired'] as const),
];

export function isTicketTold({ action }: Pick<KeptTicketEvent, 'action'>): boolean {
  return told.includes(action);
}

/**
 * A change of a ticket, for the people of one group: of other groups' projects they are told the names alone.
 * @param groupId whose robot tells it
 */
export function toldOfTicket(ticket: Ticket, event: KeptTicketEvent, groupId: string): Told {
  const { action, by, reason: why, at } = event;
  const projects = ticket.parts.map((part) => part.projectKey).join(', ');
  const said = { projects, applicant: ticket.applicantName, by: by?.name ?? '' };
  const lines: (Said | null)[] = [
    ...ticket.parts.map((part) => lineOf(part, part.groupId === groupId)),
    line('applicant', ticket.applicantName),
    line('reason', ticket.reason),
    by && action !== 'filed' && action !== 'withdrawn' ? line('decided_by', by.name) : null,
    why && action !== 'filed' ? line('why', why) : null,
    ticket.wishedAt !== null ? line('wished', { at: ticket.wishedAt }) : null,
    action === 'approved' && ticket.expiresAt !== null ? line('until', { at: ticket.expiresAt }) : null,
    line('time', { at }),
  ];
  return {
    title: { key: `notice.ticket.${action}`, detail: said },
    lines: lines.filter((one) => one !== null),
    path: `/tickets/${ticket.id}`,
  };
}

function lineOf({ projectKey, kind, ref, commit }: TicketPart, own: boolean): Said {
  if (!own) return line('project', projectKey);
  const version = [ref, commit?.slice(0, 8)].filter(Boolean).join(' ');
  const detail = { project: projectKey, kind: { key: `kind.${kind}` }, version };
  return { key: 'notice.line.ticket_part', detail };
}

function line(name: string, value: SaidDetail): Said {
  return { key: `notice.line.${name}`, detail: { value } };
}
