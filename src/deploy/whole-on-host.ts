import type { Manifest } from '../builds/manifest-text.ts';
import { guarded } from './guarded.ts';
import { checkFiles } from './host-manifest.ts';
import type { HostStepContext } from './step.ts';

/**
 * Is the folder on the host what the manifest says? Its files are read only where they were written to since they were
 * last verified there, or never were.
 * @param part which look of the step it is
 */
export async function isWhole(
  context: HostStepContext,
  manifest: Manifest,
  folder: string,
  part: string,
): Promise<boolean> {
  const { host, snapshot, lease } = context;
  const { sums, listing, digest } = checkFiles(manifest);
  const args = [host.settings.hostPath, snapshot.project.key, folder];
  const ofFence = `${part}.${lease.fence}`;
  const glanced = await guarded(
    context,
    { name: 'glance', part: ofFence, args: [...args, digest] },
    [0, 5, 6],
  );
  if (glanced.rc === 0) return true;
  const result = await guarded(
    context,
    {
      name: 'verify',
      part: ofFence,
      args: [...args, String(sums.length), String(listing.length)],
      input: Buffer.concat([sums, listing]),
      timeoutSeconds: context.tools.config.stageSeconds,
    },
    [0, 5, 6],
  );
  return result.rc === 0;
}
