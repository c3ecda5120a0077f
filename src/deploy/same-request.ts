import { CedarError } from '../errors.ts';
import type { Operation, OperationKind, OperationParams } from '../model/operation.ts';

type Asked = {
  kind: OperationKind;
  projectId: string;
  hostIds: string[];
  ref?: string | null;
  releaseId?: string | null;
  params?: OperationParams;
  process?: string | null;
};

/** The same request again is the same operation; another one under a used key is a mistake of its sender (S77). */
export function same(earlier: Operation, request: Asked): Operation {
  const hosts = (ids: readonly string[]) => [...new Set(ids)].sort().join();
  const wanted = [request.projectId, request.kind, request.releaseId ?? null, hosts(request.hostIds)];
  const had = [
    ...[earlier.projectId, earlier.kind, request.releaseId ? earlier.releaseId : null],
    hosts(earlier.snapshot.hosts.map((host) => host.hostId)),
  ];
  const sameRef = !request.ref || request.ref === earlier.ref;
  const sameMaking = madeOf(request.params) === madeOf(earlier.snapshot.params);
  const sameProcess =
    (request.process ?? request.params?.process?.name) === earlier.snapshot.params.process?.name;
  if (sameRef && sameMaking && sameProcess && wanted.every((value, index) => value === had[index]))
    return earlier;
  throw new CedarError('idempotency_key_reused', {}, 409);
}

function madeOf(params: OperationParams | undefined): string | undefined {
  return params?.clone?.name ?? params?.promotion?.releaseId;
}
