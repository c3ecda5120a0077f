import { runTicket } from '../../deploy/run-ticket.ts';
import * as tickets from '../../store/tickets.ts';
import * as decide from '../tickets/decide.ts';
import { fileTicket } from '../tickets/file.ts';
import type { Call } from './call.ts';
import { launched } from './deeds.ts';
import { type Answer, endpoint, ok } from './endpoint.ts';
import { filingBody, filingOf } from './filing.ts';
import { pageOf } from './schemas/paging.ts';
import { ticketSchema, wholeTicketSchema } from './schemas/ticket.ts';
import { z } from './schemas/z.ts';
import { ticketAnswer, wholeAnswer } from './ticket-answers.ts';
import { mustReach, ticketDecided, ticketHere, ticketRun, ticketSeen } from './ticket-guards.ts';
import { ticketList, ticketQuery } from './ticket-list.ts';

const tag = 'Tickets';
const all = '/api/v1/tickets';
const here = `${all}/:ticket`;
const line = z
  .string()
  .trim()
  .max(500)
  .regex(/^[^\x00-\x1f\x7f]*$/, 'line');
const why = z.object({ reason: line.min(1) });
const approval = z.object({
  plan: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'wrong')
    .describe('`plan` of the ticket that was looked at: an approval is for exactly that'),
  days: z
    .union(decide.approvalDays.map((days) => z.literal(days)))
    .optional()
    .describe('It holds so long; 3'),
  note: line.optional(),
});
const now = { 200: { about: 'The ticket as it is now', schema: wholeTicketSchema } };
const deciding = { method: 'POST', tag, scopes: ['approve'], guard: ticketDecided } as const;

export const endpoints = [
  endpoint({
    ...{ method: 'GET', path: all, tag, scopes: ['read', 'deploy', 'approve'], guard: 'token' },
    summary: 'Tickets that the token may see, newest first',
    query: ticketQuery,
    answers: { 200: { about: 'A page of tickets', schema: pageOf(ticketSchema) } },
    handle: async (call, { query }) => ok(await ticketList(call, query)),
  }),
  endpoint({
    ...{ method: 'POST', path: all, tag, scopes: ['deploy'], guard: 'token', body: filingBody, named: true },
    summary: 'File a ticket',
    about:
      'For any project that the token counts for, whatever grants its owner holds: it asks, somebody else decides.',
    answers: { 201: { about: 'It waits', schema: ticketSchema } },
    handle: async (call, { body }) => {
      const id = await launched(call, body, async (db) => {
        const ticket = await filingOf(call, db, body);
        await fileTicket(db, ticket, (entry) => call.audit(entry));
        return ticket;
      });
      const ticket = (await tickets.byId(call.db, id)) ?? call.notFound();
      const answer = await ticketAnswer(call, ticket);
      return { status: 201, body: answer, headers: { Location: answer.href } };
    },
  }),
  endpoint({
    ...{ method: 'GET', path: here, tag, scopes: ['read', 'deploy', 'approve'], guard: ticketSeen },
    summary: 'One ticket, with what it would bring and what happened to it',
    answers: now,
    handle: async (call) => ok(await wholeAnswer(call)),
  }),
  endpoint({
    ...{ ...deciding, path: `${here}/approve`, body: approval },
    summary: "Approve somebody else's ticket",
    answers: now,
    handle: async (call, { body: { plan, days = 3, note } }) => {
      await decide.approve(deciderOf(call), await ticketHere(call), { plan, days, note: note || null });
      return ok(await wholeAnswer(call));
    },
  }),
  endpoint({
    ...{ ...deciding, path: `${here}/refuse`, body: why },
    summary: "Refuse somebody else's ticket",
    answers: now,
    handle: async (call, { body }) => {
      await decide.refuse(deciderOf(call), await ticketHere(call), body.reason);
      return ok(await wholeAnswer(call));
    },
  }),
  endpoint({
    ...{ ...deciding, path: `${here}/close`, body: why },
    summary: 'Close a ticket by hand',
    answers: now,
    handle: async (call, { body }) => {
      await decide.close(deciderOf(call), await ticketHere(call), body.reason);
      return ok(await wholeAnswer(call));
    },
  }),
  endpoint({
    ...{ method: 'POST', path: `${here}/withdraw`, tag, scopes: ['deploy'], guard: ticketSeen },
    summary: 'Take back a ticket of its own',
    answers: now,
    handle: async (call) => {
      const ticket = await ticketHere(call);
      mustReach(call, ticket);
      await decide.withdraw(deciderOf(call), ticket);
      return ok(await wholeAnswer(call));
    },
  }),
  endpoint({
    ...{ method: 'POST', path: `${here}/run`, tag, scopes: ['deploy'], guard: ticketRun, named: true },
    summary: 'Carry out the next project of an approved ticket',
    about:
      'As it was approved, once. `parts` names the operation; the applicant may run it without any grant.',
    answers: { 202: { about: 'The ticket, running', schema: wholeTicketSchema } },
    handle: (call) => run(call),
  }),
];

async function run(call: Call): Promise<Answer> {
  const ticket = await ticketHere(call);
  await launched(call, {}, (db) => runTicket(db, ticket, { by: call.by, ...call.origin }));
  return { status: 202, body: await wholeAnswer(call) };
}

function deciderOf(call: Call): decide.Decider {
  const { db, caller, by } = call;
  return { db, person: caller.person, name: by.displayName, audit: (entry) => call.audit(entry) };
}
