import { partNow } from '../../deploy/ticket-plan.ts';
import { CedarError } from '../../errors.ts';
import type { Person } from '../../model/person.ts';
import { mayApprove, planHash, type Ticket, type TicketState } from '../../model/ticket.ts';
import { type AuditEntry, record } from '../../store/audit.ts';
import { readClock } from '../../store/clock.ts';
import type { Db } from '../../store/database.ts';
import * as changes from '../../store/ticket-changes.ts';
import type { TicketAction } from '../../store/ticket-events.ts';
import * as tickets from '../../store/tickets.ts';
import { writing } from '../../store/transaction.ts';

type Entry = Pick<AuditEntry, 'action' | 'object'> & Partial<Pick<AuditEntry, 'before' | 'after' | 'reason'>>;

/** Who decides: a person at the page, or a program for them. */
export type Decider = {
  db: Db;
  person: Person;
  /** The name in the ticket's history. */
  name: string;
  audit: (entry: Entry) => AuditEntry;
};

const DAY = 86_400_000;
/** For how many days an approval may hold. */
export const approvalDays = [1, 3, 7, 14] as const;

/** @throws CedarError `ticket_own` or `forbidden` (403) */
export function mustApprove(person: Person, ticket: Ticket): void {
  if (ticket.applicantId === person.id) throw new CedarError('ticket_own', {}, 403);
  if (!mayApprove(person, ticket)) throw new CedarError('forbidden', {}, 403);
}

/** Approves what was seen, as long as it is still that. @throws CedarError `ticket_other_plan`, `ticket_decided` (409) */
export async function approve(
  decider: Decider,
  { id }: Ticket,
  { plan, days, note }: { plan: string; days: number; note: string | null },
): Promise<void> {
  await writing(decider.db, async (trx) => {
    const current = await tickets.byId(trx, id);
    if (!current) throw new CedarError('not_found', {}, 404);
    mustApprove(decider.person, current);
    if (planHash(current) !== plan || !(await isTrue(trx, current)))
      throw new CedarError('ticket_other_plan', {}, 409);
    const from = Math.max(await readClock(trx), current.wishedAt ?? 0);
    const expiresAt = from + days * DAY;
    if (!(await changes.approve(trx, id, plan, byOf(decider), expiresAt, note)))
      throw new CedarError('ticket_decided', {}, 409);
    const [before, after] = [{ state: current.state }, { state: 'approved', plan, expiresAt }];
    const entry = { action: 'ticket.approve', object: `ticket:${id}`, before, after, reason: note };
    await record(trx, decider.audit(entry));
  });
}

/** True where every part would still do what is frozen. */
async function isTrue(trx: Db, ticket: Ticket): Promise<boolean> {
  for (const part of ticket.parts.filter((one) => one.state === 'open'))
    if ((await partNow(trx, part)).decision !== part.decision) return false;
  return true;
}

export async function refuse(decider: Decider, ticket: Ticket, reason: string): Promise<void> {
  mustApprove(decider.person, ticket);
  await move(decider, ticket, ['waiting'], 'refused', reason);
}

/** Its applicant alone takes it back, as long as nothing runs. @throws CedarError `forbidden` (403) */
export async function withdraw(decider: Decider, ticket: Ticket): Promise<void> {
  if (ticket.applicantId !== decider.person.id) throw new CedarError('forbidden', {}, 403);
  await move(decider, ticket, ['waiting', 'approved'], 'withdrawn', null);
}

/** By hand: what it asked for was done otherwise, or is of no use any more. */
export async function close(decider: Decider, ticket: Ticket, reason: string): Promise<void> {
  mustApprove(decider.person, ticket);
  if (ticket.parts.some((part) => part.state === 'running')) throw new CedarError('ticket_running', {}, 409);
  await move(decider, ticket, ['waiting', 'approved', 'running'], 'done', reason);
}

const byOf = ({ person, name }: Decider) => ({ id: person.id, name });
const actions = { refused: 'refused', withdrawn: 'withdrawn', done: 'closed' } as const;

async function move(
  decider: Decider,
  ticket: Ticket,
  from: readonly TicketState[],
  to: keyof typeof actions,
  reason: string | null,
): Promise<void> {
  const action: TicketAction = actions[to];
  await writing(decider.db, async (trx) => {
    if (!(await changes.move(trx, ticket.id, from, to, { action, by: byOf(decider), reason })))
      throw new CedarError('ticket_decided', {}, 409);
    const [before, after] = [{ state: ticket.state }, { state: to }];
    const entry = { action: `ticket.${action}`, object: `ticket:${ticket.id}`, before, after, reason };
    await record(trx, decider.audit(entry));
  });
}
