import { CedarError } from '../errors.ts';
import { decisionHash } from '../model/decision.ts';
import { isCommit } from '../model/git-ref.ts';
import type { OperationKind, OperationParams, Snapshot } from '../model/operation.ts';

type Asked = {
  kind: OperationKind;
  params?: OperationParams;
  ref?: string | null;
  releaseId?: string | null;
};

/**
 * The hash of what was asked for; null where only a branch or tag is known.
 * @throws CedarError `plan_changed` (409) where the hash that was shown is another
 */
export function decisionOf({ kind, params = {}, ref, releaseId }: Asked, snapshot: Snapshot): string | null {
  const builds = kind === 'deploy' || kind === 'prepare';
  const commit = params.commit ?? (isCommit(ref ?? '') ? (ref ?? null) : null);
  const choice = { kind, commit: builds ? commit : null, releaseId: builds ? null : (releaseId ?? null) };
  const hash = builds && commit === null ? null : decisionHash(choice, snapshot);
  if (params.decided && params.decided !== hash) throw new CedarError('plan_changed', {}, 409);
  return hash;
}
