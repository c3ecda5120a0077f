import { setTimeout as pause } from 'node:timers/promises';
import type { Express } from 'express';
import { CedarError } from '../../errors.ts';
import { isLive } from '../../model/operation.ts';
import { reaches, tokenMay } from '../../model/token.ts';
import * as logs from '../../store/logs.ts';
import * as pulse from '../../store/pulse.ts';
import * as steps from '../../store/steps.ts';
import * as tokens from '../../store/tokens.ts';
import * as users from '../../store/users.ts';
import { hubOf } from '../live/hub-of.ts';
import { sendText, wholeText } from '../operation/log-text.ts';
import { stepTitle } from '../operation/titles.ts';
import type { Call } from './call.ts';
import { endpoint, ok } from './endpoint.ts';
import { isGone, waitQuery } from './operations.ts';
import { moment, momentOf, z } from './schemas/z.ts';
import { operationHere, seesOperation } from './subjects.ts';

const tag = 'Operations';
const here = '/api/v1/operations/:operation';
const scopes = ['read', 'deploy', 'expand'] as const;
const EVERY_MS = 200;

const seq = z
  .string()
  .regex(/^\d{1,15}$/, 'number')
  .transform(Number)
  .optional()
  .openapi({ type: 'integer', minimum: 0 });

const stretch = z
  .object({
    items: z.array(
      z.object({ seq: z.int(), at: moment, step: z.string(), host: z.string(), text: z.string() }),
    ),
    next: z.int().describe('`after` of the next call'),
    live: z.boolean().describe('False: nothing more will come once `items` is empty'),
  })
  .openapi('LogStretch');

export const endpoints = [
  endpoint({
    ...{ method: 'GET', path: `${here}/log`, tag, scopes, guard: seesOperation },
    summary:
      'The log behind a chunk; with `wait`, the answer comes when there is more or the seconds are over',
    query: z.object({ after: seq, wait: waitQuery }),
    answers: { 200: { about: 'At most 200 chunks', schema: stretch } },
    handle: async (call, { query }) => ok(await stretchOf(call, query.after ?? 0, (query.wait ?? 0) * 1000)),
  }),
  endpoint({
    ...{ method: 'GET', path: `${here}/log.txt`, tag, scopes, guard: seesOperation },
    summary: 'The whole log as a text, step by step',
    answers: { 200: { about: 'What was kept; cuts are counted', media: 'text/plain' } },
    handle: async (call) => {
      const operation = await operationHere(call);
      const hosts = new Map(operation.snapshot.hosts.map((host) => [host.hostId, host.name]));
      const wanted = await steps.ofOperation(call.db, operation.id);
      const name = `${operation.projectKey}-${operation.id}`;
      await sendText(call.res, name, wholeText(call.db, wanted, hosts));
      return null;
    },
  }),
  endpoint({
    ...{ method: 'GET', path: `${here}/events`, tag, scopes, guard: seesOperation },
    summary: 'A stream of server-sent events; goes on behind Last-Event-ID',
    about: 'Events: log, gap, steps, hosts, operation, end (all is told), again (open a new stream).',
    query: z.object({ after: seq }),
    answers: { 200: { about: 'The stream', media: 'text/event-stream' } },
    handle: async (call, { query }) => {
      await follow(call, query.after ?? 0);
      return null;
    },
  }),
];

async function stretchOf(call: Call, after: number, milliseconds: number) {
  const operation = await operationHere(call);
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const now = await pulse.ofOperation(call.db, operation.id);
    const live = now !== null && isLive(now.state);
    const chunks = await logs.after(call.db, operation.id, after);
    if (chunks.length > 0 || !live || Date.now() >= deadline || isGone(call)) {
      const items = await named(call, operation.id, chunks);
      return { items, next: chunks.at(-1)?.seq ?? after, live: live || chunks.length > 0 };
    }
    await pause(EVERY_MS);
  }
}

async function named(call: Call, operationId: string, chunks: logs.LogChunk[]) {
  if (chunks.length === 0) return [];
  const journal = new Map((await steps.ofOperation(call.db, operationId)).map((step) => [step.id, step]));
  const operation = await operationHere(call);
  const hosts = new Map(operation.snapshot.hosts.map((host) => [host.hostId, host.name]));
  return chunks.map((chunk) => {
    const step = journal.get(chunk.stepId);
    const [title, host] = [step ? stepTitle(call.t, step) : '', hosts.get(step?.hostId ?? '') ?? ''];
    return { seq: chunk.seq, at: momentOf(chunk.at), step: title, host, text: chunk.text };
  });
}

/** Opens the stream; the token and its owner are judged again while it is open (S22). */
async function follow(call: Call, after: number): Promise<void> {
  const operation = await operationHere(call);
  const { id: operationId, groupId, projectId } = operation;
  const subject = { groupId, projectId, production: operation.snapshot.project.production };
  const last = call.req.get('Last-Event-ID') ?? '';
  const { token } = call.caller;
  const opened = hubOf(call.req.app as Express, call.db).open({
    ...{ res: call.res, personId: token.id, operationId },
    seq: /^\d{1,15}$/.test(last) ? Number(last) : after,
    mayStill: async () => {
      const [now, person] = [await tokens.byId(call.db, token.id), await users.person(call.db, token.userId)];
      const alive = now !== null && now.revokedAt === null && now.expiresAt > Date.now();
      return (
        alive &&
        person !== null &&
        reaches(now.reach, subject) &&
        tokenMay(person, now.reach, 'project.see', subject)
      );
    },
  });
  if (!opened) throw new CedarError('too_many_streams', {}, 429);
}
