import type { ChangeEvent, Said, Told } from './notice.ts';
import type { Failure, Operation, OperationHost, OperationKind } from './operation.ts';

/** Kinds that change nothing that serves anybody: nobody is told of them. */
const quiet: readonly string[] = ['clean-cache', 'prepare'];
const scaling: readonly string[] = ['expansion', 'reduction'];

/** True where people hear of its end at all. */
export function isTold({ kind }: Pick<Operation, 'kind'>): boolean {
  return !quiet.includes(kind);
}

/** True where the SRE team's robot tells it too. */
export function isScaling(kind: OperationKind): boolean {
  return scaling.includes(kind);
}

/**
 * The end of an operation, for people.
 * @param applicant whose ticket it carried out; null: nobody's
 */
export function toldOf(
  operation: Operation,
  hosts: readonly OperationHost[],
  applicant: string | null = null,
): Told {
  const { kind, state, projectKey: project } = operation;
  const said = { project, kind: { key: `kind.${kind}` }, state: stateOf(operation) };
  return {
    title: { key: 'notice.operation', detail: said },
    lines: linesOf(operation, hosts, applicant),
    path: `/operations/${operation.id}`,
    urgent: state !== 'succeeded' && state !== 'cancelled',
  };
}

function stateOf({ state }: Operation): Said {
  return { key: `operations.state.${state}` };
}

function linesOf(operation: Operation, hosts: readonly OperationHost[], applicant: string | null): Said[] {
  const { projectKey, kind, ref, commit, requestedName, reason, finishedAt, failure } = operation;
  const names = hosts.map((host) => host.hostName).join(', ');
  const { process } = operation.snapshot.params;
  const lines: (Said | null)[] = [
    line('project', projectKey),
    line('kind', { key: `kind.${kind}` }),
    line('state', stateOf(operation)),
    ref ? line('ref', commit ? `${ref} ${commit.slice(0, 8)}` : ref) : null,
    names ? line('hosts', names) : null,
    process ? line('process', process.name) : null,
    line('operator', requestedName),
    applicant ? line('applicant', applicant) : null,
    finishedAt === null ? null : line('time', { at: finishedAt }),
    reason ? line('reason', reason) : null,
    failure ? line('failure', whyOf(failure)) : null,
  ];
  return lines.filter((one) => one !== null);
}

function whyOf({ code, detail }: Failure): Said {
  const said = typeof detail.until === 'number' ? { ...detail, until: { at: detail.until } } : detail;
  return { key: `failure.${code}`, or: `error.${code}`, detail: said };
}

function line(name: string, value: Said | string | { at: number }): Said {
  return { key: `notice.line.${name}`, detail: { value } };
}

/** A change of an operation, for programs: the shape that docs/webhooks.md promises. */
export function eventOf(operation: Operation, hosts: readonly OperationHost[], at: number): ChangeEvent {
  const { snapshot, failure } = operation;
  return {
    type: `operation.${operation.state}`,
    timestamp: iso(at) ?? '',
    path: `/operations/${operation.id}`,
    data: {
      operation: operation.id,
      kind: operation.kind,
      state: operation.state,
      project: operation.projectKey,
      environment: operation.environment,
      production: snapshot.project.production,
      group: operation.groupId,
      ref: operation.ref,
      commit: operation.commit,
      release: operation.releaseId,
      requested_by: operation.requestedName,
      reason: operation.reason,
      from_operation: operation.fromOperation,
      relation: operation.relation,
      created_at: iso(operation.createdAt),
      started_at: iso(operation.startedAt),
      finished_at: iso(operation.finishedAt),
      hosts: hosts.map(({ hostName, state }) => ({ name: hostName, state })),
      failure: failure && { code: failure.code, step: failure.stepKey, exit_code: failure.exitCode },
    },
  };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
