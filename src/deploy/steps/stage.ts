import type { Manifest } from '../../builds/manifest-text.ts';
import { StepFailed } from '../failure.ts';
import { releaseIdOf } from '../host-facts.ts';
import { sharedOn, shippedManifest } from '../host-manifest.ts';
import { type Base, putParcel, putRelease } from '../put-release.ts';
import type { HostStepContext, Step } from '../step.ts';
import { isWhole } from '../whole-on-host.ts';

/** Puts the release beside the running one and verifies it; nothing live is touched. */
export const stage: Step<HostStepContext> = {
  async run(context) {
    const { shelf, facts, hostFacts, snapshot, host, log, records, operation, row } = context;
    const id = facts.releaseId!;
    const shared = sharedOn(host, snapshot.project);
    const manifest = shippedManifest(await manifestOf(context, id), shared);
    const there = hostFacts.releases.filter((folder) => releaseIdOf(folder) === id);
    for (const [index, folder] of there.entries()) {
      if (await isWhole(context, manifest, folder, `verify${index}`)) {
        await records.staged(host.hostId, id);
        return { evidence: { folder, sent: 0 }, hostFacts: { folder } };
      }
      log.line(`${folder} is not what was shipped: it is shipped anew`);
    }
    const release = await records.release(id);
    if (!release || !(await shelf.isWhole(release))) {
      throw new StepFailed('release_not_here', { host: host.name, release: facts.releaseName ?? id });
    }
    const folder = there.length === 0 ? id : `${id}.${operation.id.slice(-6).toLowerCase()}${row.attempt}`;
    let base = await baseOf(context);
    try {
      const parcel = base && (await putParcel(context, manifest, folder, base));
      if (parcel === 'changed') base = changed(context, base);
      else if (parcel)
        return { evidence: { folder, base: base?.folder ?? null, ...parcel }, hostFacts: { folder } };
      const sent = await putRelease(context, manifest, folder, base);
      return { evidence: { folder, base: base?.folder ?? null, ...sent }, hostFacts: { folder } };
    } catch (error) {
      if (!base || !(error instanceof StepFailed) || error.code !== 'action_seal') throw error;
      changed(context, base);
      const sent = await putRelease(context, manifest, folder, null);
      return { evidence: { folder, base: null, ...sent }, hostFacts: { folder } };
    } finally {
      await records.staged(host.hostId, id);
    }
  },
};

/** @returns null: nothing is linked from it. */
function changed({ log }: HostStepContext, base: Base | null): null {
  log.line(`${base?.folder} was changed on the host, so everything is sent`);
  return null;
}

/** @throws StepFailed `release_not_here` where this machine never had the release. */
async function manifestOf({ shelf, host, facts }: HostStepContext, id: string): Promise<Manifest> {
  const manifest = await shelf.manifest(id);
  if (manifest) return manifest;
  throw new StepFailed('release_not_here', { host: host.name, release: facts.releaseName ?? id });
}

/** The folder that the new one is hard-linked against: the running release, where its manifest is known here. */
async function baseOf({ hostFacts, shelf, snapshot, host }: HostStepContext): Promise<Base | null> {
  const folder = hostFacts.current;
  const id = releaseIdOf(folder);
  if (!folder || !id || !hostFacts.releases.includes(folder)) return null;
  const manifest = await shelf.manifest(id);
  return manifest && { folder, manifest: shippedManifest(manifest, sharedOn(host, snapshot.project)) };
}
