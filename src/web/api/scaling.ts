import { setTimeout as pause } from 'node:timers/promises';
import { expand } from '../../deploy/expand.ts';
import { reduce } from '../../deploy/reduce.ts';
import { CedarError } from '../../errors.ts';
import { isLive, type Operation } from '../../model/operation.ts';
import type { Project } from '../../model/project.ts';
import type { Db } from '../../store/database.ts';
import * as logs from '../../store/logs.ts';
import * as operations from '../../store/operations.ts';
import * as projects from '../../store/projects.ts';
import { recentReductions } from '../../store/reductions.ts';
import * as releases from '../../store/releases.ts';
import type { Call } from './call.ts';
import { launched } from './deeds.ts';
import { type Answer, endpoint } from './endpoint.ts';
import { answerOf, isGone, untilOver } from './operations.ts';
import type { Pace } from './pace.ts';
import { problemSchema } from './schemas/problem.ts';
import { expansionAnswer, expansionBody, reducedAnswer, reducedBody } from './schemas/scaling.ts';
import { subjectOf } from './subjects.ts';

const tag = 'Machines that come and go';
const AGAIN_MS = 300;
const LOG_CHARACTERS = 8000;

const told = (schema: typeof expansionAnswer | typeof reducedAnswer) => ({
  200: { about: 'Done', schema },
  202: { about: 'Not over yet: watch `href`', schema },
  502: { about: 'It failed; nothing is left half-added', schema },
  404: {
    about: 'No such project or host, or none that the token may see',
    ...{ schema: problemSchema, media: 'application/problem+json' },
  },
});

export const endpoints = [
  endpoint({
    ...{ method: 'POST', path: '/expansion', tag, scopes: ['expand'], guard: 'token' },
    ...{ body: expansionBody, forms: true, named: true },
    summary: 'Bring a machine into a project, on its last good release',
    about: 'Asked again for the same machine it answers the same operation: one host, one deploy.',
    answers: told(expansionAnswer),
    handle: async (call, { body }) => {
      const project = await projectFor(call, body.project);
      const wish = {
        ...{ projectId: project.id, address: body.host, name: body.hostname || null },
        ...{ hostKey: body.host_key || null, processes: body.processes, reason: body.reason || null },
        pass: body.pass || null,
      };
      const id = await begun(call, project, body, (db) =>
        expand(db, { ...wish, by: call.by, ...call.origin }),
      );
      return toldWhenOver(call, id, async (operation, outcome) => {
        const release = operation.releaseId ? await releases.byId(call.db, operation.releaseId) : null;
        const { status, output, ...task } = outcome;
        return { status, output, ...task, host: body.host, project: project.key, tag: release?.name ?? '' };
      });
    },
  }),
  endpoint({
    ...{ method: 'POST', path: '/reduced', tag, scopes: ['expand'], guard: 'token' },
    ...{ body: reducedBody, forms: true, named: true },
    summary: 'Take a project off a host',
    about: 'Asked again for a host that has left, it answers the operation by which it left.',
    answers: told(reducedAnswer),
    handle: async (call, { body }) => {
      const project = await projectFor(call, body.project);
      const { host, gone, reason, pass } = body;
      const why = { reason: reason || null, pass: pass || null };
      const wish = { projectId: project.id, host, gone, ...why, by: call.by, ...call.origin };
      const id = await begun(call, project, body, (db) => bounded(call, db, project, () => reduce(db, wish)));
      return toldWhenOver(call, id, async (_operation, { status, output, ...data }) => {
        return { status, log: output, data, project: project.key, host };
      });
    },
  }),
];

/** The project that a body names. @throws CedarError `no_such_project` (404), `forbidden` (403) */
async function projectFor(call: Call, key: string): Promise<Project> {
  const project = await projects.byKey(call.db, key);
  const subject = project && (await subjectOf(call, project));
  if (!project || !subject || !call.may('project.see', subject))
    throw new CedarError('no_such_project', { field: 'project' }, 404);
  if (!call.may('project.deploy', subject)) throw new CedarError('forbidden', {}, 403);
  return project;
}

type Wish = { wait?: boolean | number };

/** Launches; while another operation holds the project, a caller that waits is made to wait for that one too. */
async function begun(
  call: Call,
  project: Project,
  { wait, ...same }: Wish,
  launch: (db: Db) => Promise<Operation>,
): Promise<string> {
  await (call.req.app.locals.pace as Pace).scaling(call.caller.token.id, project.id);
  const deadline = Date.now() + patience(call, wait);
  call.res.locals.deadline = deadline;
  for (;;) {
    try {
      return await launched(call, same, launch);
    } catch (error) {
      const busy = error instanceof CedarError && error.code === 'locked';
      if (!busy || Date.now() + AGAIN_MS >= deadline || isGone(call)) throw error;
      await pause(AGAIN_MS);
    }
  }
}

/** How long the answer may take, in milliseconds. */
function patience(call: Call, wait: Wish['wait'] = true): number {
  const bound = call.settings.scalingWaitSeconds;
  return 1000 * (typeof wait === 'number' ? Math.min(wait, bound) : wait ? bound : 0);
}

/** S79: of a project's hosts programs take only a share away within ten minutes; what they ask beyond is undone. */
async function bounded(
  call: Call,
  db: Db,
  project: Project,
  launch: () => Promise<Operation>,
): Promise<Operation> {
  const before = await recentReductions(db, project.id);
  const operation = await launch();
  const isNew = operation.state === 'queued' && !before.ids.includes(operation.id);
  const most = Math.max(1, Math.floor((before.hosts * call.settings.reducePercent) / 100));
  if (!isNew || before.ids.length < most) return operation;
  const { retryAfter } = before;
  throw new CedarError(
    'reduced_enough',
    { project: project.key, most, hosts: before.hosts, retryAfter },
    429,
  );
}

type Outcome = {
  status: 'ok' | 'fail' | 'waiting';
  output: string;
  operation: string;
  taskid: string;
  state: Operation['state'];
  href: string;
};

/** Waits for the end within the call's patience, and answers what came of it. */
async function toldWhenOver(
  call: Call,
  id: string,
  body: (operation: Operation, outcome: Outcome) => Promise<object>,
): Promise<Answer> {
  const left = Number(call.res.locals.deadline ?? 0) - Date.now();
  await untilOver(call, id, Math.max(0, left));
  const operation = (await operations.byId(call.db, id)) ?? call.notFound();
  const { href, failure } = await answerOf(call, id);
  const { kind, state } = operation;
  const status = isLive(state) ? 'waiting' : state === 'succeeded' ? 'ok' : 'fail';
  const output = failure?.message ?? (await endOfLog(call, id));
  const answer = await body(operation, { status, output, operation: kind, taskid: id, state, href });
  const http = { ok: 200, waiting: 202, fail: 502 }[status];
  return { status: http, body: answer, headers: { Location: href } };
}

async function endOfLog(call: Call, id: string): Promise<string> {
  const chunks = await logs.newest(call.db, id, 50);
  const text = chunks.map((chunk) => chunk.text).join('');
  return text.slice(-LOG_CHARACTERS);
}
