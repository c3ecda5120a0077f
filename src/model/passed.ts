import type { Passed } from './admission.ts';
import type { Said, Told } from './notice.ts';
import type { OperationKind } from './operation.ts';

/** What an admin let begin although rules would have refused it. */
export type PassedOperation = {
  operationId: string;
  projectKey: string;
  kind: OperationKind;
  by: string;
  passed: Passed;
};

/** For the people of the group: who passed which rules, and why. */
export function toldOfPass({ operationId, projectKey, kind, by, passed }: PassedOperation): Told {
  const line = (name: string, value: Said | string): Said => ({
    ...{ key: `notice.line.${name}`, detail: { value } },
  });
  return {
    title: { key: 'notice.passed', detail: { project: projectKey, by, kind: { key: `kind.${kind}` } } },
    lines: [
      ...passed.gates.map((gate) => line('passed', { key: `gate.${gate}` })),
      line('reason', passed.reason),
    ],
    path: `/operations/${operationId}`,
    urgent: true,
  };
}
