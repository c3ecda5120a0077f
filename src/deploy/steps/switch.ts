import { StepFailed } from '../failure.ts';
import { guarded } from '../guarded.ts';
import { releaseIdOf } from '../host-facts.ts';
import { sharedOn, shippedManifest } from '../host-manifest.ts';
import type { HostStepContext, Step } from '../step.ts';
import { isWhole } from '../whole-on-host.ts';

/** Points the project's link at the new release, in one rename. */
export const switchLink: Step<HostStepContext> = {
  async run(context) {
    const { host, snapshot, hostFacts } = context;
    const folder = hostFacts.folder!;
    if (context.operation.kind !== 'fast-rollback') await refuseChanged(context, folder);
    await guarded(context, { name: 'switch', args: [host.settings.hostPath, snapshot.project.key, folder] });
    return { evidence: { folder }, host: { releaseAfter: releaseIdOf(folder) } };
  },
};

/**
 * Between its staging and this moment there may be hours, of a canary or a pause. A release that already ran there
 * may have been written to by its own processes.
 * @throws StepFailed `release_changed`
 */
async function refuseChanged(context: HostStepContext, folder: string): Promise<void> {
  const { hostFacts, shelf, host, snapshot } = context;
  const id = releaseIdOf(folder);
  if (id === null || folder === hostFacts.current || hostFacts.releases.includes(folder)) return;
  const manifest = await shelf.manifest(id);
  const shared = sharedOn(host, snapshot.project);
  if (!manifest || (await isWhole(context, shippedManifest(manifest, shared), folder, 'verify'))) return;
  throw new StepFailed('release_changed', { host: host.name, folder });
}
