import { neededFor } from '../../model/kind-permission.ts';
import { may } from '../../model/permission.ts';
import type { Person } from '../../model/person.ts';
import { isOpen, mayApprove, nextPart, planHash, type Ticket } from '../../model/ticket.ts';

export type Deed = 'approve' | 'refuse' | 'withdraw' | 'close' | 'run';

/** What a person may do about a ticket now. `production`: whether its next project is in production. */
export function deedsOf(person: Person, ticket: Ticket, production: boolean): Deed[] {
  const { state } = ticket;
  const mine = ticket.applicantId === person.id;
  const idle = ticket.parts.every((part) => part.state !== 'running');
  const approver = mayApprove(person, ticket);
  const next = nextPart(ticket);
  const approved = state === 'approved' || state === 'running';
  const grants = next && may(person, neededFor[next.kind], { groupId: next.groupId, production });
  const can: Record<Deed, boolean> = {
    approve: approver && state === 'waiting' && planHash(ticket) !== null,
    refuse: approver && state === 'waiting',
    withdraw: mine && idle && (state === 'waiting' || state === 'approved'),
    close: isOpen(ticket) && idle && approver,
    run: approved && next !== null && (mine || Boolean(grants)),
  };
  return (Object.keys(can) as Deed[]).filter((deed) => can[deed]);
}
