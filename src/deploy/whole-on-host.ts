import type { Manifest } from '../builds/manifest-text.ts';
import { guarded } from './guarded.ts';
import { checkFiles } from './host-manifest.ts';
import type { HostStepContext } from './step.ts';

/** Is the folder on the host, to the last byte, what the manifest says? @param part which look of the step it is */
export async function isWhole(
  context: HostStepContext,
  manifest: Manifest,
  folder: string,
  part: string,
): Promise<boolean> {
  const { sums, listing } = checkFiles(manifest);
  const args = [context.host.settings.hostPath, context.snapshot.project.key, folder];
  const result = await guarded(
    context,
    {
      name: 'verify',
      part: `${part}.${context.lease.fence}`,
      args: [...args, String(sums.length), String(listing.length)],
      input: Buffer.concat([sums, listing]),
      timeoutSeconds: context.tools.config.stageSeconds,
    },
    [0, 5, 6],
  );
  return result.rc === 0;
}
