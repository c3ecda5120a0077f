import { z } from 'zod';
import { runTicket } from '../../deploy/run-ticket.ts';
import { CedarError } from '../../errors.ts';
import type { Ticket } from '../../model/ticket.ts';
import * as projects from '../../store/projects.ts';
import * as changes from '../../store/ticket-changes.ts';
import { askChanges } from '../deploy/look.ts';
import { lineOrNone } from '../form.ts';
import { passAgain } from '../operation/pass-again.ts';
import { refusalOf } from '../operation/refusal.ts';
import type { Page } from '../page.ts';
import { post } from '../route.ts';
import { mustApprove } from '../tickets/decide.ts';
import { ticketOf } from '../tickets/view.ts';
import { show, showWith } from './ticket.ts';

export const routes = [
  post('/tickets/:ticket/look', 'signed-in', look, show),
  post('/tickets/:ticket/run', 'signed-in', run, show),
];

const nothing = z.object({});
const runForm = z.object({ pass: lineOrNone(500).optional() });

/** Resolves again what could not be resolved. */
async function look(page: Page): Promise<void> {
  const ticket = await ticketOf(page);
  page.form(nothing);
  if (ticket.applicantId !== page.who.id) mustApprove(page.who, ticket);
  if (ticket.state !== 'waiting') throw new CedarError('ticket_decided', {}, 409);
  for (const part of ticket.parts.filter((one) => one.problem !== null)) {
    const project = await projects.byId(page.db, part.projectId);
    if (!project) continue;
    const question = await askChanges(page, project, part.changes?.from ?? null, part.ref);
    await changes.lookAgain(page.db, ticket.id, part.position, question);
  }
  page.redirect(`/tickets/${ticket.id}`);
}

async function run(page: Page): Promise<void> {
  const ticket = await ticketOf(page);
  const { pass } = page.form(runForm);
  try {
    const runner = { by: page.who, ip: page.req.ip ?? null, requestId: String(page.req.id), pass };
    const { id } = await runTicket(page.db, ticket, runner);
    page.redirect(
      page.may('project.see', await seenAs(ticket)) ? `/operations/${id}` : `/tickets/${ticket.id}`,
    );
  } catch (error) {
    if (await passAgain(page, error)) return;
    const { message, status } = refusalOf(page, error);
    await showWith(page, message, status);
  }
}

async function seenAs(ticket: Ticket) {
  return { groupId: ticket.parts.find((part) => part.state === 'open')?.groupId ?? '', production: true };
}
