import { closedTicketStates, openTicketStates, ticketStates } from '../../model/ticket.ts';
import * as projects from '../../store/projects.ts';
import * as tickets from '../../store/tickets.ts';
import type { Call } from './call.ts';
import { paged, pagingShape } from './schemas/paging.ts';
import { rowId, z } from './schemas/z.ts';
import { ticketAnswer } from './ticket-answers.ts';

export const ticketQuery = z.object({
  ...pagingShape,
  after: rowId.optional().describe('`next` of the page before'),
  of: z
    .enum(['waiting', 'done'])
    .optional()
    .describe('waiting: those that are open; done: those that are over'),
  state: z.enum(ticketStates).optional(),
  project: z.string().max(80).optional().describe('Key of a project'),
  mine: z.enum(['true', 'false']).optional().describe("true: the token's owner's alone"),
  q: z.string().max(100).optional().describe('Found in reason, applicant or project'),
});
/** A page of the tickets that the token's owner sees and that the token counts for, newest first. */
export async function ticketList(call: Call, query: z.output<typeof ticketQuery>) {
  const { after, limit = 50, of, state, project, mine, q } = query;
  const found = project ? await projects.byKey(call.db, project) : null;
  if (project && !found) return { items: [], next: null };
  const { person, token } = call.caller;
  const both = { waiting: openTicketStates, done: closedTicketStates };
  const rows = await tickets.list(call.db, {
    states: (of ? both[of] : ticketStates).filter((one) => state === undefined || one === state),
    ...(call.groupIds && { seen: { applicantId: person.id, groupIds: call.groupIds } }),
    ...(mine === 'true' && { applicantId: person.id }),
    ...{ reach: token.reach, projectId: found?.id, text: q?.trim(), before: after, limit: limit + 1 },
  });
  const page = paged(rows, ({ id }) => id, limit);
  return { ...page, items: await Promise.all(page.items.map((one) => ticketAnswer(call, one))) };
}
