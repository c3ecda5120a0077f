import type { OperationKind, OperationParams } from '../model/operation.ts';
import type { Person } from '../model/person.ts';
import type { Strategy } from '../model/strategy.ts';

/** What is asked for. `hostIds` in the order in which they shall be changed. */
export type Request = {
  kind: Exclude<OperationKind, 'unlock'>;
  projectId: string;
  hostIds: string[];
  ref?: string | null;
  releaseId?: string | null;
  reason?: string | null;
  by: Pick<Person, 'id' | 'username' | 'displayName'>;
  ip?: string | null;
  requestId?: string | null;
  fromOperation?: string | null;
  relation?: 'resume' | 'retry' | 'rollback' | null;
  idempotencyKey?: string | null;
  params?: OperationParams;
  /** restart-process, start-process, stop-process: supervisor's full name of the one that is meant. */
  process?: string | null;
  /** What of the project's strategy this run does otherwise. */
  strategy?: Partial<Strategy>;
  /** By which way it came. */
  via?: 'web' | 'api' | 'worker';
  /** The token of the program that asks; `by.id` is its owner. */
  tokenId?: string | null;
  /** The approved ticket that it carries out. */
  ticketId?: string | null;
  /** An admin's reason to go past closed windows, freezes and locks set by hand. */
  pass?: string | null;
};
