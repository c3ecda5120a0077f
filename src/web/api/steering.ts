import { type Request as Launch, launch } from '../../deploy/launch.ts';
import { commitOf } from '../../deploy/ticket-launch.ts';
import { unlock } from '../../deploy/unlock.ts';
import { CedarError } from '../../errors.ts';
import type { Operation, OperationHost, Snapshot } from '../../model/operation.ts';
import * as audit from '../../store/audit.ts';
import type { Db } from '../../store/database.ts';
import * as operationHosts from '../../store/operation-hosts.ts';
import * as operations from '../../store/operations.ts';
import * as pauses from '../../store/pauses.ts';
import { writing } from '../../store/transaction.ts';
import { actionsOf } from '../operation/actions.ts';
import type { Call } from './call.ts';
import { accepted, launched } from './deeds.ts';
import { endpoint } from './endpoint.ts';
import { operationSchema } from './schemas/operation.ts';
import { passField } from './schemas/pass.ts';
import { z } from './schemas/z.ts';
import { operationHere, steersOperation } from './subjects.ts';

const tag = 'Operations';
const here = '/api/v1/operations/:operation';
const empty = z.object({});
const passing = z.object({ pass: passField });
const back = z.object({
  release: z.string().min(1).max(26).optional().describe('Id; needed where the hosts ran different releases'),
  pass: passField,
});
const reason = z
  .string()
  .trim()
  .max(500)
  .regex(/^[^\x00-\x1f\x7f]*$/, 'line');
const why = z.object({ reason: reason.min(1) });
const maybeWhy = z.object({ reason: reason.optional() });
const steering = { method: 'POST', tag, scopes: ['deploy'], guard: steersOperation } as const;
const now = { 202: { about: 'The operation as it is now', schema: operationSchema } };
const next = { 202: { about: 'The new operation, queued', schema: operationSchema } };

export const endpoints = [
  endpoint({
    ...{ ...steering, path: `${here}/cancel`, body: maybeWhy },
    summary: 'Ask an operation to end after the host at hand',
    about: 'What somebody else began needs a reason.',
    answers: now,
    handle: async (call, { body }) => {
      const { id, requestedBy } = await operationHere(call);
      const reason = body.reason || null;
      if (reason === null && requestedBy !== call.by.id) call.refuse({ field: 'reason', code: 'required' });
      await told(call, id, 'cancel', reason, (trx) => operations.requestCancel(trx, id, call.by.displayName));
      return accepted(call, id);
    },
  }),
  endpoint({
    ...{ ...steering, path: `${here}/resume`, body: passing, named: true },
    summary: 'Go on with the hosts that are not done',
    answers: next,
    handle: async (call, { body }) => again(call, 'resume', body.pass),
  }),
  endpoint({
    ...{ ...steering, path: `${here}/retry`, body: passing, named: true },
    summary: 'Once more on the hosts where it failed',
    answers: next,
    handle: async (call, { body }) => again(call, 'retry', body.pass),
  }),
  endpoint({
    ...{ ...steering, path: `${here}/rollback`, body: back, named: true },
    summary: 'Put the touched hosts back on the release that they ran before',
    answers: next,
    handle: async (call, { body }) => rollback(call, body.release, body.pass),
  }),
  endpoint({
    ...{ ...steering, path: `${here}/pause`, body: maybeWhy },
    summary: 'Make an operation wait before its next host',
    answers: now,
    handle: async (call, { body }) => {
      const { id } = await operationHere(call);
      const reason = body.reason || null;
      await told(call, id, 'pause', reason, (trx) => pauses.request(trx, id, call.by.displayName, reason));
      return accepted(call, id);
    },
  }),
  endpoint({
    ...{ ...steering, path: `${here}/continue`, body: empty },
    summary: 'Make a waiting operation go on',
    answers: now,
    handle: async (call) => {
      const { id } = await operationHere(call);
      await told(call, id, 'continue', null, (trx) => pauses.resume(trx, id, call.by.displayName));
      return accepted(call, id);
    },
  }),
  endpoint({
    ...{ ...steering, path: `${here}/unlock`, body: why },
    summary: "Take the project's lock from an operation that hangs",
    answers: next,
    handle: async (call, { body }) => {
      const { id } = await operationHere(call);
      const { ip, requestId, via } = call.origin;
      return accepted(call, (await unlock(call.db, id, call.by, body.reason, ip, requestId, via)).id);
    },
  }),
];

/** A word to a live operation; where it comes too late it changes nothing, and the answer tells what is. */
async function told(
  call: Call,
  id: string,
  deed: 'cancel' | 'pause' | 'continue',
  reason: string | null,
  tell: (trx: Db) => Promise<boolean>,
): Promise<void> {
  await writing(call.db, async (trx) => {
    const entry = { action: `operation.${deed}`, object: `operation:${id}`, reason };
    if (await tell(trx)) await audit.record(trx, call.audit(entry));
  });
}

async function again(call: Call, relation: 'resume' | 'retry', pass?: string) {
  const operation = await operationHere(call);
  const hosts = (await actions(call, operation))[relation];
  const ref = operation.kind === 'deploy' ? commitOf(operation) : null;
  const kind = operation.kind as Launch['kind'];
  return start(call, operation, hosts, { kind, ref, releaseId: operation.releaseId, relation, pass });
}

async function rollback(call: Call, release: string | undefined, pass?: string) {
  const operation = await operationHere(call);
  const ways = (await actions(call, operation)).rollback;
  const way = release ? ways.find(({ releaseId }) => releaseId === release) : ways[0];
  if (release === undefined && ways.length > 1) call.refuse({ field: 'release', code: 'required' });
  const releaseId = way?.releaseId ?? null;
  return start(call, operation, way?.hosts ?? [], {
    kind: 'rollback',
    releaseId,
    relation: 'rollback',
    pass,
  });
}

type Wanted = Pick<Launch, 'kind' | 'ref' | 'releaseId' | 'relation' | 'pass'>;

async function start(call: Call, from: Operation, hosts: OperationHost[], wanted: Wanted) {
  if (hosts.length === 0) throw new CedarError('nothing_to_do', {}, 409);
  const hostIds = hosts.map(({ hostId }) => hostId);
  const { projectId, id: fromOperation, snapshot } = from;
  const { strategy } = snapshot.project.settings;
  const request: Launch = {
    ...{ ...wanted, projectId, hostIds, fromOperation, params: paramsOf(snapshot) },
    ...{ strategy, by: call.by, ...call.origin },
  };
  return accepted(call, await launched(call, wanted, (db) => launch(db, request)));
}

/** What of its further inputs an operation is told again: all but the plan that somebody was shown back then. */
function paramsOf({ params }: Snapshot): Snapshot['params'] {
  const { commit: _commit, decided: _decided, ...rest } = params;
  return rest;
}

async function actions(call: Call, operation: Operation) {
  return actionsOf(operation, await operationHosts.ofOperation(call.db, operation.id));
}
