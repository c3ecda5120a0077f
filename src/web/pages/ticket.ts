import { z } from 'zod';
import { CedarError } from '../../errors.ts';
import { line, lineOrNone } from '../form.ts';
import { refusalOf } from '../operation/refusal.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import * as decide from '../tickets/decide.ts';
import { ticketModel, ticketOf } from '../tickets/view.ts';

export const routes = [
  get('/tickets/:ticket', 'signed-in', show),
  get('/tickets/:ticket/now', 'signed-in', now),
  post('/tickets/:ticket/approve', 'signed-in', approve, show),
  post('/tickets/:ticket/refuse', 'signed-in', refuse, show),
  post('/tickets/:ticket/withdraw', 'signed-in', withdraw, show),
  post('/tickets/:ticket/close', 'signed-in', close, show),
];

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

async function approve(page: Page): Promise<void> {
  const ticket = await ticketOf(page);
  decide.mustApprove(page.who, ticket);
  const { plan, days, note } = page.form(approveForm);
  await deed(page, () => decide.approve(deciderOf(page), ticket, { plan, days: Number(days), note }));
}

async function refuse(page: Page): Promise<void> {
  const ticket = await ticketOf(page);
  decide.mustApprove(page.who, ticket);
  const { reason } = page.form(whyForm);
  await deed(page, () => decide.refuse(deciderOf(page), ticket, reason));
}

async function withdraw(page: Page): Promise<void> {
  const ticket = await ticketOf(page);
  page.form(nothing);
  await deed(page, () => decide.withdraw(deciderOf(page), ticket));
}

async function close(page: Page): Promise<void> {
  const ticket = await ticketOf(page);
  decide.mustApprove(page.who, ticket);
  const { closing } = page.form(closeForm);
  await deed(page, () => decide.close(deciderOf(page), ticket, closing));
}

function deciderOf(page: Page): decide.Decider {
  const { db, who: person } = page;
  return { db, person, name: person.displayName, audit: (entry) => page.audit(entry) };
}

/** Does it and goes to the ticket; what stands in the way is told on its page. */
async function deed(page: Page, work: () => Promise<void>): Promise<void> {
  try {
    await work();
    page.redirect(`/tickets/${page.param('ticket')}`);
  } catch (error) {
    if (!(error instanceof CedarError) || error.status !== 409) throw error;
    await showWith(page, refusalOf(page, error).message, 409);
  }
}
