import type { ChangeEvent } from './notice.ts';
import type { Ticket, TicketPart } from './ticket.ts';
import type { KeptTicketEvent, TicketAction } from './ticket-event.ts';

/** A beginning and a closing are told as the state that they bring. */
const types: Partial<Record<TicketAction, string>> = { started: 'running', closed: 'done' };

/**
 * A change of a ticket, for programs: the shape that docs/webhooks.md promises.
 * @param groupId whose receiver is told: machines and operations of other groups are not its; null: everybody's
 * @param hostNames host id → name
 */
export function ticketEventOf(
  ticket: Ticket,
  event: KeptTicketEvent,
  { groupId, hostNames }: { groupId: string | null; hostNames: ReadonlyMap<string, string> },
): ChangeEvent {
  const { action, by, reason: why, detail } = event;
  const sees = (part: TicketPart) => groupId === null || part.groupId === groupId;
  const about = ticket.parts.find((part) => part.projectKey === detail.project);
  return {
    type: `ticket.${types[action] ?? action}`,
    timestamp: iso(event.at) ?? '',
    path: `/tickets/${ticket.id}`,
    data: {
      ticket: ticket.id,
      change: action,
      state: event.state,
      reason: ticket.reason,
      applicant: ticket.applicantName,
      by: by?.name ?? null,
      why,
      project: detail.project ?? null,
      operation: about && sees(about) ? (detail.operation ?? null) : null,
      wished_at: iso(ticket.wishedAt),
      starts_itself: ticket.selfStart,
      approved_by: ticket.approvedName,
      approved_until: iso(ticket.expiresAt),
      created_at: iso(ticket.createdAt),
      closed_at: iso(ticket.closedAt),
      parts: ticket.parts.map((part) => partOf(part, sees(part), hostNames)),
    },
  };
}

function partOf(part: TicketPart, sees: boolean, hostNames: ReadonlyMap<string, string>) {
  const { projectKey: project, groupId: group, kind, ref, commit, state } = part;
  const hosts = part.hostIds?.map((id) => hostNames.get(id) ?? id) ?? null;
  return {
    ...{ project, group, kind, ref: ref || null, commit, state },
    release: sees ? part.releaseId : null,
    hosts: sees ? hosts : null,
    operation: sees ? part.operationId : null,
  };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
