import { CedarError } from '../errors.ts';
import { may, type Subject } from '../model/permission.ts';
import type { Person } from '../model/person.ts';
import type { Schedule } from '../model/scheduled.ts';
import * as audit from '../store/audit.ts';
import { readClock } from '../store/clock.ts';
import type { Db } from '../store/database.ts';
import * as environments from '../store/environments.ts';
import * as projects from '../store/projects.ts';
import * as schedules from '../store/schedules.ts';
import { writing } from '../store/transaction.ts';
import * as users from '../store/users.ts';
import { launch } from './launch.ts';
import { isClosed } from './waits-for-window.ts';

/** Looked at in one go. */
const MOST = 50;

/**
 * Starts the operations whose time has come, each once, however many workers do this: who settles the row in the
 * transaction that queues the operation has started it. What cannot be started is settled with the reason.
 */
export async function startDue(db: Db): Promise<void> {
  for (const one of await schedules.due(db, MOST)) {
    try {
      await start(db, one);
    } catch (error) {
      if (!(error instanceof CedarError)) throw error;
      await passOver(db, one, error);
    }
  }
}

async function start(db: Db, one: Schedule): Promise<void> {
  if ((await readClock(db)) > one.at + one.graceSeconds * 1000 + SLACK_MS)
    throw new CedarError('schedule_too_late', {}, 409);
  await writing(db, async (trx) => {
    if (!(await schedules.settle(trx, one.id, 'started'))) return;
    const by = await requester(trx, one);
    const { projectId, request } = one;
    const idempotencyKey = `schedule-${one.id}`;
    const strategy = request.strategy ?? undefined;
    const wanted = { ...request, strategy, projectId, by, idempotencyKey, via: 'worker' as const };
    const operation = await launch(trx, wanted);
    await schedules.startedAs(trx, one.id, operation.id);
  });
}

/** Workers look every few seconds: a grace of nothing must not miss by that. */
const SLACK_MS = 60_000;

/** Who asked for it must still be allowed to, when it happens. @throws CedarError `schedule_not_permitted` (403) */
async function requester(db: Db, one: Schedule): Promise<Person> {
  const person = await users.person(db, one.askedBy);
  const project = await projects.byId(db, one.projectId);
  if (!project) throw new CedarError('no_such_project', {}, 404);
  const environment = await environments.byName(db, project.environment);
  const subject = { groupId: project.groupId, production: environment?.production ?? true };
  const source = await sourceSubject(db, one);
  const sees = source === null || may(person, 'project.see', source);
  if (person && sees && may(person, 'project.deploy', subject)) return person;
  throw new CedarError('schedule_not_permitted', { by: one.askedName }, 403);
}

/** The project that a promotion takes its release from; null where it takes none. */
async function sourceSubject(db: Db, { request }: Schedule): Promise<Subject | null> {
  const { promotion } = request.params;
  const source = promotion ? await projects.byId(db, promotion.projectId) : null;
  return source && { groupId: source.groupId, production: true };
}

/** A project that is busy may become free within the grace, and its window may open; everything else is final. */
async function passOver(db: Db, one: Schedule, error: CedarError): Promise<void> {
  const busy = error.code === 'locked';
  if (busy || isClosed(error)) {
    const inTime = (await readClock(db)) <= one.at + one.graceSeconds * 1000;
    if (inTime) return schedules.waitFor(db, one, { code: error.code, detail: error.detail });
  }
  const state = busy || error.code === 'schedule_too_late' ? 'missed' : 'refused';
  const { code, detail } = error;
  await writing(db, async (trx) => {
    if (!(await schedules.settle(trx, one.id, state, { code, detail }))) return;
    await audit.record(trx, {
      actor: one.askedName,
      via: 'worker',
      action: `schedule.${state}`,
      object: `project:${one.projectKey}`,
      after: { schedule: one.id, kind: one.request.kind, at: one.at },
      result: state === 'refused' ? 'refused' : 'failed',
      reason: code,
    });
  });
}
