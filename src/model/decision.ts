import { createHash } from 'node:crypto';
import type { OperationKind, Snapshot } from './operation.ts';

/** What decides an operation beside its snapshot: what is deployed, as far as it is known yet. */
export type Choice = { kind: OperationKind; commit: string | null; releaseId: string | null };

/**
 * SHA-256 of everything that was decided about an operation: kind, commit or release, the project's configuration,
 * the hosts with theirs, and the strategy. What is observed on machines is not in it. Values of variables count as
 * they are sealed, so a value that is saved again is another decision. A preparation counts as the deploy that it
 * prepares.
 */
export function decisionHash(choice: Choice, { project, hosts, params }: Snapshot): string {
  const { revision, ...configuration } = project;
  const { decided, commit, configCommit, ...further } = params;
  const kind = choice.kind === 'prepare' ? 'deploy' : choice.kind;
  const all = { choice: { ...choice, kind }, configuration, hosts, params: further };
  return createHash('sha256').update(sorted(all)).digest('hex');
}

/** JSON whose objects name their keys in order, so that equal values have equal texts. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
