import { operationKinds } from '../../../model/operation.ts';
import { type Schedule, scheduleStates } from '../../../model/scheduled.ts';
import { moment, momentOf, rowId, z } from './z.ts';

export const scheduleSchema = z
  .object({
    id: rowId,
    project: z.string(),
    kind: z.enum(operationKinds),
    at: moment,
    graceMinutes: z.int().describe('So long after its time it is still started'),
    state: z.enum(scheduleStates),
    askedBy: z.string(),
    operationId: z.string().nullable(),
  })
  .openapi('Schedule');

export function scheduleAnswer(one: Schedule) {
  const { id, projectKey: project, request, at, graceSeconds, state, askedName: askedBy, operationId } = one;
  const graceMinutes = Math.round(graceSeconds / 60);
  return { id, project, kind: request.kind, at: momentOf(at), graceMinutes, state, askedBy, operationId };
}
