import { setTimeout as pause } from 'node:timers/promises';
import { isLive, operationKinds, operationStates } from '../../model/operation.ts';
import { history } from '../../store/history.ts';
import * as operationHosts from '../../store/operation-hosts.ts';
import * as operations from '../../store/operations.ts';
import * as projects from '../../store/projects.ts';
import * as pulse from '../../store/pulse.ts';
import * as steps from '../../store/steps.ts';
import type { Call } from './call.ts';
import { endpoint, ok } from './endpoint.ts';
import { operationAnswer, operationSchema } from './schemas/operation.ts';
import { paged, pageOf, pagingShape } from './schemas/paging.ts';
import { rowId, z } from './schemas/z.ts';
import { operationHere, seesOperation } from './subjects.ts';

const tag = 'Operations';
const EVERY_MS = 200;

/** Seconds that a call may wait, as a query has them. */
export const waitQuery = z
  .string()
  .regex(/^\d{1,3}$/, 'number')
  .transform(Number)
  .pipe(z.number().min(0).max(300))
  .optional()
  .openapi({ type: 'integer', minimum: 0, maximum: 300 });

const listQuery = z.object({
  ...pagingShape,
  after: rowId.optional().describe('`next` of the page before'),
  project: z.string().max(80).optional().describe('Key of a project'),
  kind: z.enum(operationKinds).optional(),
  state: z.enum(operationStates).optional(),
});

export const endpoints = [
  endpoint({
    ...{ method: 'GET', path: '/api/v1/operations', tag, scopes: ['read'], guard: 'token' },
    summary: 'Operations that the token may see, newest first',
    query: listQuery,
    answers: { 200: { about: 'A page of operations', schema: pageOf(operationSchema) } },
    handle: async (call, { query }) => ok(await list(call, query)),
  }),
  endpoint({
    ...{ method: 'GET', path: '/api/v1/operations/:operation', tag, guard: seesOperation },
    scopes: ['read', 'deploy', 'expand'],
    summary: 'One operation; with `wait`, the answer comes when it is over or the seconds are',
    query: z.object({ wait: waitQuery }),
    answers: { 200: { about: 'The operation as it is now', schema: operationSchema } },
    handle: async (call, { query }) => {
      const { id } = await operationHere(call);
      await untilOver(call, id, (query.wait ?? 0) * 1000);
      return ok(await answerOf(call, id));
    },
  }),
];

async function list(call: Call, { after, limit = 50, project, kind, state }: z.output<typeof listQuery>) {
  const found = project ? await projects.byKey(call.db, project) : null;
  if (project && !found) return { items: [], next: null };
  const filter = { projectId: found?.id, kind, states: state && [state], before: after, limit: limit + 1 };
  const seen = { groupIds: call.groupIds, reach: call.caller.token.reach };
  const page = paged(await history(call.db, { ...filter, ...seen }), ({ id }) => id, limit);
  const hosts = await operationHosts.ofOperations(
    call.db,
    page.items.map(({ id }) => id),
  );
  return { ...page, items: page.items.map((one) => operationAnswer(call.t, one, hosts.get(one.id) ?? [])) };
}

/** An operation as it is answered, read anew. */
export async function answerOf(call: Call, id: string) {
  const operation = (await operations.byId(call.db, id)) ?? call.notFound();
  const hosts = await operationHosts.ofOperation(call.db, id);
  return operationAnswer(
    call.t,
    operation,
    hosts,
    operation.failure ? await steps.ofOperation(call.db, id) : [],
  );
}

/** Waits for the end of an operation, at most so long; less where the caller or this process goes away. */
export async function untilOver(call: Call, id: string, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const now = await pulse.ofOperation(call.db, id);
    if (!now || !isLive(now.state)) return true;
    if (Date.now() >= deadline || isGone(call)) return false;
    await pause(EVERY_MS);
  }
}

/** True where nobody waits for the answer any more, or this process is told to leave. */
export function isGone(call: Call): boolean {
  return call.res.destroyed || call.req.app.locals.leaving === true;
}
