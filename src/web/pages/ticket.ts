import { z } from 'zod';
import { partNow } from '../../deploy/ticket-plan.ts';
import { CedarError } from '../../errors.ts';
import { mayApprove, planHash, type Ticket, type TicketState } from '../../model/ticket.ts';
import { record } from '../../store/audit.ts';
import { readClock } from '../../store/clock.ts';
import type { Db } from '../../store/database.ts';
import * as changes from '../../store/ticket-changes.ts';
import type { TicketAction } from '../../store/ticket-events.ts';
import * as tickets from '../../store/tickets.ts';
import { writing } from '../../store/transaction.ts';
import { line, lineOrNone } from '../form.ts';
import { refusalOf } from '../operation/refusal.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { ticketModel, ticketOf } from '../tickets/view.ts';

export const routes = [
  get('/tickets/:ticket', 'signed-in', show),
  get('/tickets/:ticket/now', 'signed-in', now),
  post('/tickets/:ticket/approve', 'signed-in', approve, show),
  post('/tickets/:ticket/refuse', 'signed-in', refuse, show),
  post('/tickets/:ticket/withdraw', 'signed-in', withdraw, show),
  post('/tickets/:ticket/close', 'signed-in', close, show),
];

const DAY = 86_400_000;
const approveForm = z.object({
  plan: z.string().regex(/^[0-9a-f]{64}$/, 'wrong'),
  days: z.enum(['1', '3', '7', '14']),
  note: lineOrNone(500),
});
const whyForm = z.object({ reason: line(500) });
const closeForm = z.object({ closing: line(500) });
const nothing = z.object({});

export async function show(page: Page): Promise<void> {
  await showWith(page, null);
}

/** What moves, alone: the page fetches it again every few seconds. */
async function now(page: Page): Promise<void> {
  await page.render('tickets/now', await modelOf(page));
}

/** @param refusal a sentence on why something was not done */
export async function showWith(page: Page, refusal: string | null, status?: number): Promise<void> {
  const model = await modelOf(page);
  const problems = page.problems(model.fields);
  await page.render('tickets/show', { ...model, refusal, problems }, status);
}

async function modelOf(page: Page) {
  const model = await ticketModel(page, await ticketOf(page));
  return { ...model, fields: page.fields({ note: '', reason: '', closing: '', days: '3' }) };
}

/** Approves what was seen, as long as it is still that. */
async function approve(page: Page): Promise<void> {
  const ticket = await ticketOf(page);
  mustApprove(page, ticket);
  const { plan, days, note } = page.form(approveForm);
  await deed(page, async (trx) => {
    const current = (await tickets.byId(trx, ticket.id)) ?? page.notFound();
    if (planHash(current) !== plan || !(await isTrue(trx, current)))
      throw new CedarError('ticket_other_plan', {}, 409);
    const from = Math.max(await readClock(trx), current.wishedAt ?? 0);
    const expiresAt = from + Number(days) * DAY;
    if (!(await changes.approve(trx, ticket.id, plan, byOf(page), expiresAt, note)))
      throw new CedarError('ticket_decided', {}, 409);
    const object = `ticket:${ticket.id}`;
    const [before, after] = [{ state: current.state }, { state: 'approved', plan, expiresAt }];
    await record(trx, page.audit({ action: 'ticket.approve', object, before, after, reason: note }));
  });
}

/** True where every part would still do what is frozen. */
async function isTrue(trx: Db, ticket: Ticket): Promise<boolean> {
  for (const part of ticket.parts.filter((one) => one.state === 'open'))
    if ((await partNow(trx, part)).decision !== part.decision) return false;
  return true;
}

async function refuse(page: Page): Promise<void> {
  const ticket = await ticketOf(page);
  mustApprove(page, ticket);
  const { reason } = page.form(whyForm);
  await move(page, ticket, ['waiting'], 'refused', reason);
}

/** Its applicant alone takes it back, as long as nothing runs. */
async function withdraw(page: Page): Promise<void> {
  const ticket = await ticketOf(page);
  page.form(nothing);
  if (ticket.applicantId !== page.who.id) throw new CedarError('forbidden', {}, 403);
  await move(page, ticket, ['waiting', 'approved'], 'withdrawn', null);
}

/** By hand: what it asked for was done otherwise, or is of no use any more. */
async function close(page: Page): Promise<void> {
  const ticket = await ticketOf(page);
  mustApprove(page, ticket);
  const { closing } = page.form(closeForm);
  if (ticket.parts.some((part) => part.state === 'running')) throw new CedarError('ticket_running', {}, 409);
  await move(page, ticket, ['waiting', 'approved', 'running'], 'done', closing);
}

/** @throws CedarError `ticket_own` or `forbidden` (403) */
export function mustApprove(page: Page, ticket: Ticket): void {
  if (ticket.applicantId === page.who.id) throw new CedarError('ticket_own', {}, 403);
  if (!mayApprove(page.who, ticket)) throw new CedarError('forbidden', {}, 403);
}

const byOf = (page: Page) => ({ id: page.who.id, name: page.who.displayName });
const actions = { refused: 'refused', withdrawn: 'withdrawn', done: 'closed' } as const;

async function move(
  page: Page,
  ticket: Ticket,
  from: readonly TicketState[],
  to: keyof typeof actions,
  reason: string | null,
): Promise<void> {
  const action: TicketAction = actions[to];
  await deed(page, async (trx) => {
    const event = { action, by: byOf(page), reason };
    if (!(await changes.move(trx, ticket.id, from, to, event)))
      throw new CedarError('ticket_decided', {}, 409);
    const [before, after] = [{ state: ticket.state }, { state: to }];
    const entry = { action: `ticket.${action}`, object: `ticket:${ticket.id}`, before, after, reason };
    await record(trx, page.audit(entry));
  });
}

/** Does it and goes to the ticket; what stands in the way is told on its page. */
async function deed(page: Page, work: (trx: Db) => Promise<void>): Promise<void> {
  try {
    await writing(page.db, work);
    page.redirect(`/tickets/${page.param('ticket')}`);
  } catch (error) {
    if (!(error instanceof CedarError) || error.status !== 409) throw error;
    await showWith(page, refusalOf(page, error).message, 409);
  }
}
