import { CedarError } from '../errors.ts';
import type { Ticket, TicketPart } from '../model/ticket.ts';
import * as audit from '../store/audit.ts';
import { readClock } from '../store/clock.ts';
import type { Db } from '../store/database.ts';
import { freeze, move, tell } from '../store/ticket-changes.ts';
import { add as addEvent } from '../store/ticket-events.ts';
import * as tickets from '../store/tickets.ts';
import { writing } from '../store/transaction.ts';
import { runTicket } from './run-ticket.ts';
import { configurationOf } from './ticket-configuration.ts';
import { type PartNow, partNow } from './ticket-plan.ts';

/**
 * Keeps open tickets true: freezes what was looked up, takes an approval back whose plan is another by now, ends what
 * ran out, starts what is to start itself. Any number of workers may do this.
 */
export async function tendTickets(db: Db): Promise<void> {
  for (const ticket of await tickets.open(db)) {
    if (ticket.parts.some((part) => part.state === 'running')) continue;
    if (await regard(db, ticket)) continue;
    const now = await readClock(db);
    if (ticket.expiresAt !== null && ticket.expiresAt <= now) await expire(db, ticket);
    else if (ticket.selfStart && ticket.expiresAt !== null && (ticket.wishedAt ?? 0) <= now)
      await start(db, ticket);
  }
}

/** Keeps what its parts stand for. True where that is another plan now. */
async function regard(db: Db, ticket: Ticket): Promise<boolean> {
  const changed: [TicketPart, PartNow][] = [];
  for (const part of ticket.parts.filter((one) => one.state === 'open')) {
    const now = await partNow(db, part);
    if (now.decision !== part.decision || JSON.stringify(now.problem) !== JSON.stringify(part.problem))
      changed.push([part, now]);
  }
  if (changed.length === 0) return false;
  await writing(db, async (trx) => {
    const current = await tickets.byId(trx, ticket.id);
    if (current?.state !== ticket.state || current.parts.some((part) => part.state === 'running')) return;
    for (const [part, now] of changed) await keep(trx, ticket, part, now);
  });
  return true;
}

async function keep(trx: Db, ticket: Ticket, part: TicketPart, now: PartNow): Promise<void> {
  const configuration = now.decision === null ? null : await configurationOf(trx, part);
  await freeze(trx, ticket.id, part.position, now, configuration);
  const detail = { project: part.projectKey };
  if (ticket.approvedPlan !== null) {
    const fell = await move(trx, ticket.id, ['approved', 'running'], 'waiting', { action: 'fell', detail });
    if (fell) await audit.record(trx, auditOf(ticket, 'ticket.fell', part.projectKey));
  } else if (part.decision === null && now.decision !== null) {
    const commit = now.commit ?? part.commit;
    const frozen = { ...detail, ...(commit && { commit }) };
    await addEvent(trx, ticket.id, ticket.state, { action: 'frozen', detail: frozen });
  } else if (part.decision !== null)
    await addEvent(trx, ticket.id, ticket.state, { action: 'changed', detail });
}

async function expire(db: Db, ticket: Ticket): Promise<void> {
  await writing(db, async (trx) => {
    if (await move(trx, ticket.id, ['approved', 'running'], 'expired', { action: 'expired' }))
      await audit.record(trx, auditOf(ticket, 'ticket.expired'));
  });
}

/** What cannot begin now is tried again until the approval ends: the project may be busy, or its window shut. */
async function start(db: Db, ticket: Ticket): Promise<void> {
  try {
    await runTicket(db, ticket, null);
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    const { code, detail } = error;
    if (ticket.problem?.code !== code) await tell(db, ticket.id, { code, detail });
  }
}

function auditOf({ id, state }: Ticket, action: string, reason: string | null = null): audit.AuditEntry {
  const object = `ticket:${id}`;
  return { actor: 'worker', via: 'worker', action, object, before: { state }, result: 'ok', reason };
}
