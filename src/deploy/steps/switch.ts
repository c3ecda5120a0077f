import type { Manifest } from '../../builds/manifest-text.ts';
import { StepFailed } from '../failure.ts';
import { guarded } from '../guarded.ts';
import { releaseIdOf } from '../host-facts.ts';
import { checkFiles, sharedOn, shippedManifest } from '../host-manifest.ts';
import type { HostStepContext, Step } from '../step.ts';
import { isWhole } from '../whole-on-host.ts';

/** Points the project's link at the new release, in one rename. */
export const switchLink: Step<HostStepContext> = {
  async run(context) {
    const { host, snapshot, hostFacts } = context;
    const folder = hostFacts.folder!;
    const manifest = await unseen(context, folder);
    const args = [host.settings.hostPath, snapshot.project.key, folder];
    const digest = manifest ? [checkFiles(manifest).digest] : [];
    const { rc } = await guarded(
      context,
      { name: 'switch', args: [...args, ...digest] },
      manifest ? [0, 6] : [0],
    );
    if (manifest && rc === 6) {
      if (!(await isWhole(context, manifest, folder, 'verify')))
        throw new StepFailed('release_changed', { host: host.name, folder });
      await guarded(context, { name: 'switch', part: 'verified', args });
    }
    return { evidence: { folder }, host: { releaseAfter: releaseIdOf(folder) } };
  },
};

/**
 * Between its staging and this moment there may be hours, of a canary or a pause. A release that already ran there
 * may have been written to by its own processes.
 * @returns what a release that never ran there must still be; null: it is not asked
 */
async function unseen(context: HostStepContext, folder: string): Promise<Manifest | null> {
  const { hostFacts, shelf, host, snapshot, operation } = context;
  const id = releaseIdOf(folder);
  if (operation.kind === 'fast-rollback' || id === null) return null;
  if (folder === hostFacts.current || hostFacts.releases.includes(folder)) return null;
  const manifest = await shelf.manifest(id);
  return manifest && shippedManifest(manifest, sharedOn(host, snapshot.project));
}
