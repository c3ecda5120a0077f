import type { Translate } from '../../../i18n/index.ts';
import {
  isLive,
  type Operation,
  type OperationHost,
  operationHostStates,
  operationKinds,
  operationStates,
} from '../../../model/operation.ts';
import type { StepRow } from '../../../model/step.ts';
import { failureCard } from '../../operation/failure-card.ts';
import { moment, momentOf, momentOrNone, momentOrNoneOf, rowId, z } from './z.ts';

const hostSchema = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(operationHostStates),
  releaseBefore: z.string().nullable(),
  releaseAfter: z.string().nullable(),
});

const failureSchema = z.object({
  code: z.string(),
  message: z.string(),
  step: z.string(),
  host: z.string(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  tail: z.string().describe('The last lines of what ran'),
  programTail: z.string().describe("The end of the program's own log, where it could be read"),
});

export const operationSchema = z
  .object({
    id: rowId,
    projectId: rowId,
    project: z.string(),
    environment: z.string(),
    kind: z.enum(operationKinds),
    state: z.enum(operationStates),
    live: z.boolean().describe("True while it holds its project's lock"),
    process: z.string().nullable().describe('The one process that it is about, where it is about one'),
    ref: z.string().nullable(),
    commit: z.string().nullable(),
    releaseId: z.string().nullable(),
    fromOperation: z.string().nullable(),
    relation: z.string().nullable(),
    reason: z.string().nullable(),
    requestedBy: z.string(),
    createdAt: moment,
    startedAt: momentOrNone,
    finishedAt: momentOrNone,
    cancelRequestedAt: momentOrNone,
    hosts: z.array(hostSchema),
    failure: failureSchema.nullable(),
    lastLog: z.int().describe('Number of the last log chunk'),
    href: z.string().describe('Its status address'),
  })
  .openapi('Operation');
export type OperationAnswer = z.output<typeof operationSchema>;

/** `steps` may be left out where the failing step's title need not be told. */
export function operationAnswer(
  t: Translate,
  operation: Operation,
  hosts: OperationHost[],
  steps: StepRow[] = [],
): OperationAnswer {
  const { id, projectId, environment, kind, state, ref, commit, releaseId, fromOperation } = operation;
  return {
    ...{ id, projectId, environment, kind, state, ref, commit, releaseId, fromOperation },
    project: operation.projectKey,
    live: isLive(state),
    process: operation.snapshot.params.process?.name ?? null,
    relation: operation.relation,
    reason: operation.reason,
    requestedBy: operation.requestedName,
    createdAt: momentOf(operation.createdAt),
    startedAt: momentOrNoneOf(operation.startedAt),
    finishedAt: momentOrNoneOf(operation.finishedAt),
    cancelRequestedAt: momentOrNoneOf(operation.cancelRequestedAt),
    hosts: hosts.map(({ hostId, hostName, ...host }) => ({
      id: hostId,
      name: hostName,
      state: host.state,
      releaseBefore: host.releaseBefore,
      releaseAfter: host.releaseAfter,
    })),
    failure: failureAnswer(t, operation, hosts, steps),
    lastLog: operation.lastLog,
    href: `/api/v1/operations/${id}`,
  };
}

function failureAnswer(t: Translate, operation: Operation, hosts: OperationHost[], steps: StepRow[]) {
  if (operation.failure === null) return null;
  const { code, exitCode, signal } = operation.failure;
  const card = failureCard(t, operation.failure, steps, hosts);
  const { step, host, tail, programTail } = card;
  return { code, message: card.what, step, host, exitCode, signal, tail, programTail };
}
