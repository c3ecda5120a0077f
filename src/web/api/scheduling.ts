import { ulid } from 'ulid';
import { isProcessKind } from '../../deploy/one-process.ts';
import { CedarError } from '../../errors.ts';
import type { Project } from '../../model/project.ts';
import type { Schedule } from '../../model/scheduled.ts';
import * as audit from '../../store/audit.ts';
import * as schedules from '../../store/schedules.ts';
import { isDuplicate, writing } from '../../store/transaction.ts';
import type { Call } from './call.ts';
import { requestName } from './deeds.ts';
import { endpoint, ok } from './endpoint.ts';
import { pageOf } from './schemas/paging.ts';
import { scheduleAnswer, scheduleSchema } from './schemas/schedule.ts';
import { z } from './schemas/z.ts';
import { deploysProject, projectHere, seesProject } from './subjects.ts';
import { type Wanted, wantedOf, wishBody } from './wish.ts';

const tag = 'Operations';
const all = '/api/v1/projects/:project/schedules';
const YEAR_MS = 366 * 86_400_000;

const body = z.object({
  ...wishBody.shape,
  at: z.iso.datetime({ offset: true, error: 'moment' }).describe('When, as ISO 8601'),
  graceMinutes: z
    .int()
    .min(0)
    .max(10_080)
    .optional()
    .describe('How long a busy project is waited for; 0 where left out'),
});

export const endpoints = [
  endpoint({
    ...{ method: 'GET', path: all, tag, scopes: ['read'], guard: seesProject },
    summary: 'What is scheduled, and what of the last day was not started',
    answers: { 200: { about: 'All of it', schema: pageOf(scheduleSchema) } },
    handle: async (call) => {
      const found = await schedules.open(call.db, { projectId: (await projectHere(call)).id });
      return ok({ items: found.map(scheduleAnswer), next: null });
    },
  }),
  endpoint({
    ...{ method: 'POST', path: all, tag, scopes: ['deploy'], guard: deploysProject, body, named: true },
    summary: 'Start an operation later',
    about: 'Whether it may be is judged again at its time.',
    answers: { 201: { about: 'It waits', schema: scheduleSchema } },
    handle: async (call, { body: { at, graceMinutes, ...wish } }) => {
      const project = await projectHere(call);
      if (isProcessKind(wish.kind)) call.refuse({ field: 'kind', code: 'choice' });
      const moment = Date.parse(at);
      if (moment <= Date.now()) call.refuse({ field: 'at', code: 'at_past' });
      if (moment > Date.now() + YEAR_MS) call.refuse({ field: 'at', code: 'at_far' });
      const wanted = await wantedOf(call, project, wish);
      const one = await keep(call, project, wanted, { at: moment, graceSeconds: (graceMinutes ?? 0) * 60 });
      return { status: 201, body: scheduleAnswer(one) };
    },
  }),
  endpoint({
    ...{ method: 'DELETE', path: `${all}/:schedule`, tag, scopes: ['deploy'], guard: deploysProject },
    summary: 'Take back what is scheduled',
    answers: { 200: { about: 'As it is now', schema: scheduleSchema } },
    handle: async (call) => ok(scheduleAnswer(await withdraw(call))),
  }),
];

type Later = { at: number; graceSeconds: number };

/** Keeps it once for each Idempotency-Key; another wish under a used key is refused. */
async function keep(call: Call, project: Project, wanted: Wanted, later: Later): Promise<Schedule> {
  const { kind, hostIds, ref = null, releaseId = null, reason = null, params, strategy = null } = wanted;
  const request = { kind, hostIds, ref, releaseId, reason, params, strategy };
  const [id, name] = [ulid(), requestName(call)];
  const idempotencyKey = name === null ? id : call.vault.digest(`${call.caller.token.id} ${name}`);
  const { by } = call;
  try {
    await writing(call.db, async (trx) => {
      await schedules.add(trx, {
        ...{ id, projectId: project.id, projectKey: project.key, groupId: project.groupId },
        ...{ request, ...later, askedBy: by.id, askedName: by.displayName, idempotencyKey },
      });
      const after = { schedule: id, kind, ref, release: releaseId, at: later.at, hosts: hostIds };
      const entry = { action: 'schedule.add', object: `project:${project.key}`, after, reason };
      await audit.record(trx, call.audit(entry));
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
  const kept = (await schedules.byIdempotencyKey(call.db, idempotencyKey)) ?? call.notFound();
  const same = kept.projectId === project.id && JSON.stringify(kept.request) === JSON.stringify(request);
  if (same && kept.at === later.at) return kept;
  throw new CedarError('idempotency_key_reused', {}, 409);
}

async function withdraw(call: Call): Promise<Schedule> {
  const project = await projectHere(call);
  const found = await schedules.byId(call.db, call.param('schedule'));
  if (found?.projectId !== project.id) return call.notFound();
  await writing(call.db, async (trx) => {
    if (!(await schedules.settle(trx, found.id, 'withdrawn'))) return;
    const entry = { action: 'schedule.withdraw', object: `project:${project.key}` };
    await audit.record(trx, call.audit({ ...entry, after: { schedule: found.id } }));
  });
  return (await schedules.byId(call.db, found.id)) ?? call.notFound();
}
