import type { Admission } from './admission.ts';
import type { Snapshot } from './snapshot.ts';

export type { HostSnapshot, OperationParams, ProjectSnapshot, Snapshot } from './snapshot.ts';

export const operationKinds = [
  'deploy',
  'prepare',
  'promote',
  'rollback',
  'fast-rollback',
  'restart',
  'stop',
  'restart-process',
  'start-process',
  'stop-process',
  'put-back',
  'unlock',
  'expansion',
  'reduction',
  'add-host',
  'remove-host',
  'push-configuration',
  'clone',
  'clean-cache',
] as const;
export type OperationKind = (typeof operationKinds)[number];

/** queued, running and paused hold the project's lock; the others are final. */
export const operationStates = [
  'queued',
  'running',
  'paused',
  'succeeded',
  'failed',
  'cancelled',
  'needs-attention',
  'abandoned',
] as const;
export type OperationState = (typeof operationStates)[number];

/** The states in which an operation holds its project's lock. */
export const liveStates: readonly OperationState[] = ['queued', 'running', 'paused'];

/** True while the operation holds its project's lock. */
export function isLive(state: OperationState): boolean {
  return liveStates.includes(state);
}

/** A small enumerable fact that is stored and shown as one card. */
export type Failure = {
  /** Names the locale text `failure.<code>`; detail fills its places. */
  code: string;
  detail: Record<string, string | number>;
  stepKey: string | null;
  hostId: string | null;
  exitCode: number | null;
  signal: string | null;
  /** The last lines of what ran. */
  tail: string;
  /** The failing program's own log, where it could be read. */
  programTail: string;
  /** What else a person should know: locale texts `failure_note.<code>`. */
  notes?: { code: string; detail: Record<string, string | number> }[];
};

export type Operation = {
  id: string;
  projectId: string;
  projectKey: string;
  environment: string;
  groupId: string;
  kind: OperationKind;
  state: OperationState;
  ref: string | null;
  commit: string | null;
  releaseId: string | null;
  /** The operation that this one resumes, retries or rolls back. */
  fromOperation: string | null;
  relation: 'resume' | 'retry' | 'rollback' | 'unlock' | null;
  snapshot: Snapshot;
  /** The ticket that it carries out. */
  ticketId: string | null;
  /** Null for operations of earlier versions. */
  admission: Admission | null;
  /** decisionHash of what was decided; null while the commit is not known yet. */
  decision: string | null;
  reason: string | null;
  requestedBy: string | null;
  requestedName: string;
  createdAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  cancelRequestedAt: number | null;
  cancelRequestedBy: string | null;
  /** A person's wish that it waits at the next host boundary; null again once it does. */
  pauseRequestedAt: number | null;
  /** Where it waits: since when, and until when (null: until a person continues). */
  pausedAt: number | null;
  resumeAt: number | null;
  /** Who wished the pause, and why; null for one that the strategy plans. */
  pausedBy: string | null;
  pauseReason: string | null;
  /** When a person last told it to go on. */
  continuedAt: number | null;
  continuedBy: string | null;
  crashes: number;
  failure: Failure | null;
  lastLog: number;
};

export const operationHostStates = [
  'waiting',
  'untouched',
  'active',
  'done',
  'failed',
  'unknown',
  'rolled-back',
] as const;
/**
 * waiting: nothing decided yet · untouched: final, nothing live changed · active: being changed · done · failed ·
 * unknown · rolled-back: it runs again what it ran before.
 */
export type OperationHostState = (typeof operationHostStates)[number];

export type OperationHost = {
  operationId: string;
  hostId: string;
  hostName: string;
  position: number;
  state: OperationHostState;
  releaseBefore: string | null;
  releaseAfter: string | null;
};
