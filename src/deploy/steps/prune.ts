import { toPrune } from '../../builds/retention.ts';
import { messageOf } from '../../errors.ts';
import { guarded } from '../guarded.ts';
import { releaseIdOf } from '../host-facts.ts';
import type { HostStepContext, Step, StepContext } from '../step.ts';
import { isSuperseded } from '../superseded.ts';

/** Removes old releases here and on the hosts of this operation; a host that cannot be cleaned only says so. */
export const prune: Step = {
  async run(context) {
    const { records, snapshot, tools, log } = context;
    const { project } = snapshot;
    const byEnvironment = project.production ? tools.config.keepProduction : tools.config.keepOther;
    const protectedIds = await records.protectedIds();
    const old = toPrune(await records.kept(), { keep: project.settings.keep ?? byEnvironment, protectedIds });
    const gone = new Set(old.map((release) => release.id));
    for (const release of old) await records.markPruned(release.id);
    // Another worker of this machine or of another one may have pruned them, or ended before it did.
    const left = await records.goneAmong(await tools.releases.everything(project.key));
    const known = new Set([...(await records.kept()).map((release) => release.id), ...protectedIds]);
    await Promise.all([
      ...left.map((id) => tools.releases.remove(project.key, id)),
      ...snapshot.hosts.map((host) => pruneHost(context, host, gone, known)),
    ]);
    for (const { name } of old) log.line(`release ${name} is removed`);
    return { evidence: { removed: old.map((release) => release.name) } };
  },
};

async function pruneHost(
  context: StepContext,
  host: HostStepContext['host'],
  gone: Set<string>,
  known: Set<string>,
): Promise<void> {
  const { records, allHostFacts, log, snapshot } = context;
  const hostFacts = allHostFacts.get(host.hostId);
  if (!hostFacts) return;
  const table = new Set(await records.stagedOn(host.hostId));
  const removable = hostFacts.releases.filter((folder) => {
    const id = releaseIdOf(folder)!;
    const ours = table.has(id) || gone.has(id);
    return ours && !known.has(id) && folder !== hostFacts.folder && folder !== hostFacts.current;
  });
  if (removable.length === 0) return;
  const args = [host.settings.hostPath, snapshot.project.key, ...removable];
  const ofHost: HostStepContext = { ...context, host, hostFacts, process: 0 };
  try {
    await guarded(ofHost, { name: 'prune', part: host.hostId.slice(-8), args, timeoutSeconds: 300 });
    for (const folder of removable) await records.unstaged(host.hostId, releaseIdOf(folder)!);
  } catch (error) {
    if (isSuperseded(error)) throw error;
    log.line(`${host.name} could not be cleaned: ${messageOf(error)}`);
  }
}
