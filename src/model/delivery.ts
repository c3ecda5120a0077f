import type { OperationKind, OperationState } from './operation.ts';

/** The kinds that decide which release runs. */
export const deployKinds = ['deploy', 'promote'] as const satisfies readonly OperationKind[];
export const rollbackKinds = ['rollback', 'fast-rollback'] as const satisfies readonly OperationKind[];

/** The ends that count: a cancelled one is neither a success nor a failure. */
export const failedStates = ['failed', 'needs-attention', 'abandoned'] as const satisfies OperationState[];

/** An ended operation that brought a release there, or tried to. Times in epoch milliseconds. */
export type Delivery = {
  id: string;
  projectId: string;
  projectKey: string;
  environment: string;
  groupId: string;
  kind: string;
  succeeded: boolean;
  releaseId: string | null;
  createdAt: number;
  finishedAt: number;
  /** When its commit was made; null: not known. */
  committedAt: number | null;
  /** Whether no earlier deploy had brought its commit to the project. */
  first: boolean;
};

/** A deploy or promotion with what became of it; lengths in milliseconds. */
export type JudgedDeploy = Pick<Delivery, 'id' | 'groupId' | 'environment' | 'createdAt' | 'succeeded'> & {
  /** From the commit to the end of the deploy that brought it; null where it brought none or the time is unknown. */
  leadMs: number | null;
  /** It failed, or was rolled back. */
  failed: boolean;
  /** From its end to the end of what restored the project; null where it was well or nothing did yet. */
  restoreMs: number | null;
};

/**
 * Judges every deploy by itself and by what followed in its project. It counts as failed where it did not succeed, or
 * where the next successful deploy, promotion or rollback of the project is a rollback to another release. That next
 * success, whichever it is, restored the project.
 */
export function judged(deliveries: Delivery[]): JudgedDeploy[] {
  const next = new Map<string, Delivery>();
  const latestFirst = [...deliveries].sort(
    (one, other) => other.finishedAt - one.finishedAt || (one.id < other.id ? 1 : -1),
  );
  return latestFirst.flatMap((delivery) => {
    const after = next.get(delivery.projectId);
    if (delivery.succeeded) next.set(delivery.projectId, delivery);
    return isDeploy(delivery) ? [judge(delivery, after)] : [];
  });
}

function judge(deploy: Delivery, after: Delivery | undefined): JudgedDeploy {
  const { id, groupId, environment, createdAt, succeeded } = deploy;
  const rolledBack = after !== undefined && !isDeploy(after) && after.releaseId !== deploy.releaseId;
  const failed = !succeeded || rolledBack;
  return {
    ...{ id, groupId, environment, createdAt, succeeded, failed },
    leadMs: leadOf(deploy),
    restoreMs: failed && after ? after.finishedAt - deploy.finishedAt : null,
  };
}

/** A commit dated after its deploy comes from a wrong clock, and has no lead time. */
function leadOf({ succeeded, first, committedAt, finishedAt }: Delivery): number | null {
  if (!succeeded || !first || committedAt === null || committedAt > finishedAt) return null;
  return finishedAt - committedAt;
}

function isDeploy({ kind }: Delivery): boolean {
  return (deployKinds as readonly string[]).includes(kind);
}
