import { z } from 'zod';
import { atOnce } from '../deploy/at-once.ts';
import { compareHost } from '../deploy/compare-host.ts';
import { Shelf } from '../deploy/shelf.ts';
import type { HostComparison } from '../model/comparison.ts';
import { operationKinds } from '../model/operation.ts';
import { snapshotOf } from '../store/snapshot.ts';
import type { Means } from './means.ts';

const argsSchema = z.object({
  projectId: z.string(),
  hostIds: z.array(z.string()).min(1).max(1000),
  kind: z.enum(operationKinds),
  /** The release that is to run, where it is built already. */
  releaseId: z.string().nullish(),
});

/** A machine that does not answer within so long is told as such; the others are shown. */
const SECONDS = 8;

/** What an operation would change on its hosts, as they are now. */
export async function comparison({ db, pool, vault, releases, signal }: Means, args: unknown) {
  const { projectId, hostIds, kind, releaseId } = argsSchema.parse(args);
  const { project, hosts } = await snapshotOf(db, projectId, hostIds);
  const shelf = new Shelf(releases, project.key);
  const wanted = releaseId ? await shelf.manifest(releaseId) : null;
  const settled = await atOnce(hosts, 16, (host) =>
    compareHost(
      { pool, vault },
      {
        ...{ kind, project, host, wanted, deep: false },
        manifest: (id) => shelf.manifest(id),
        signal: AbortSignal.any([signal, AbortSignal.timeout(SECONDS * 1000)]),
      },
    ),
  );
  const found = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return { hosts: found satisfies HostComparison[] };
}
