import { ticketKinds, ticketStates } from '../../../model/ticket.ts';
import { moment, momentOrNone, rowId, z } from './z.ts';

const problem = z.object({ code: z.string(), message: z.string() }).nullable();

const partSchema = z.object({
  project: z.string(),
  kind: z.enum(ticketKinds),
  ref: z.string().nullable(),
  commit: z.string().nullable().describe('Resolved when it was filed: that commit runs'),
  release: z.string().nullable().describe('promote, rollback: its id'),
  restart: z.boolean(),
  rollback: z.string().nullable().describe('Id of the release to go back to, chosen in advance'),
  hosts: z.array(z.string()).nullable().describe('Names; null: all, or not to be seen'),
  decision: z.string().nullable().describe('SHA-256 of what it will do; null while that is not known'),
  state: z.enum(['open', 'running', 'done']),
  operation: z.string().nullable(),
  problem,
});

const ticketShape = {
  id: rowId,
  state: z.enum(ticketStates),
  reason: z.string(),
  applicant: z.string(),
  mine: z.boolean(),
  createdAt: moment,
  wishedAt: momentOrNone,
  selfStart: z.boolean(),
  plan: z.string().nullable().describe('What an approval is for; null while it cannot be approved'),
  approvedBy: z.string().nullable(),
  approvedAt: momentOrNone,
  expiresAt: momentOrNone,
  closedAt: momentOrNone,
  problem: problem.describe('Why it could not start itself'),
  can: z
    .array(z.enum(['approve', 'refuse', 'withdraw', 'close', 'run']))
    .describe('What its owner may do now'),
  parts: z.array(partSchema),
  href: z.string(),
};

export const ticketSchema = z.object(ticketShape).openapi('Ticket');
export type TicketAnswer = z.output<typeof ticketSchema>;

const changesSchema = z
  .object({
    from: z.string().nullable(),
    subject: z.string(),
    author: z.string(),
    commits: z.array(z.object({ commit: z.string(), subject: z.string(), author: z.string() })),
    out: z.int().describe('Commits that run now and would run no more'),
    files: z.array(z.object({ status: z.string(), path: z.string() })),
    moreFiles: z.int(),
  })
  .nullable();

const eventSchema = z.object({
  at: moment,
  action: z.string(),
  state: z.enum(ticketStates),
  by: z.string().nullable(),
  reason: z.string().nullable(),
  project: z.string().nullable(),
});

/** One ticket with all that it would bring and all that happened to it. */
export const wholeTicketSchema = z
  .object({
    ...ticketShape,
    parts: z.array(partSchema.extend({ changes: changesSchema })),
    deciders: z.array(z.string()).describe('Names of those who can approve it'),
    events: z.array(eventSchema),
  })
  .openapi('WholeTicket');
