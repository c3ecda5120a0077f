import { z } from 'zod';
import { atOnce } from '../deploy/at-once.ts';
import { compareHost } from '../deploy/compare-host.ts';
import type { HostComparison } from '../model/comparison.ts';
import { operationKinds } from '../model/operation.ts';
import { snapshotOf } from '../store/snapshot.ts';
import type { Means } from './means.ts';

const argsSchema = z.object({
  projectId: z.string(),
  hostIds: z.array(z.string()).min(1).max(1000),
  kind: z.enum(operationKinds),
});

/** A machine that does not answer within so long is told as such; the others are shown. */
const SECONDS = 8;

/** What an operation would change on its hosts, as they are now. */
export async function comparison({ db, pool, vault, signal }: Means, args: unknown) {
  const { projectId, hostIds, kind } = argsSchema.parse(args);
  const { project, hosts } = await snapshotOf(db, projectId, hostIds);
  const settled = await atOnce(hosts, 16, (host) =>
    compareHost(
      { pool, vault },
      {
        ...{ kind, project, host, wanted: null },
        manifest: async () => null,
        signal: AbortSignal.any([signal, AbortSignal.timeout(SECONDS * 1000)]),
      },
    ),
  );
  const found = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return { hosts: found satisfies HostComparison[] };
}
