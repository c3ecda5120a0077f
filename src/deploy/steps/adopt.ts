import { type Entry, manifestOf } from '../../builds/manifest-text.ts';
import type { Release } from '../../model/release.ts';
import { guarded } from '../guarded.ts';
import { sharedArguments, sharedOn } from '../host-manifest.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Turns the plain live folder of the days before into a release of its own, so that there is a way back to it. */
export const adopt: Step<HostStepContext> = {
  async run(context) {
    const { snapshot, host, records, tools } = context;
    const { key } = snapshot.project;
    const id = adoptedId(context);
    const { out } = await guarded(context, {
      name: 'adopt',
      args: [host.settings.hostPath, key, id, ...sharedArguments(sharedOn(host, snapshot.project))],
      timeoutSeconds: tools.config.stageSeconds,
    });
    const manifest = readSurvey(out);
    await tools.releases.keepManifest(key, id, manifest);
    await records.addRelease(releaseOf(context, id, manifest));
    await records.staged(host.hostId, id);
    return {
      evidence: { folder: id, files: manifest.entries.length },
      hostFacts: { plain: false, current: id, releases: [...context.hostFacts.releases, id] },
      host: { releaseBefore: id },
    };
  },
};

/** A ULID that belongs to this host in this operation, so that a repeated step gives the same release. */
function adoptedId({ operation, host, snapshot }: HostStepContext): string {
  const position = snapshot.hosts.findIndex((one) => one.hostId === host.hostId);
  return `${operation.id.slice(0, 22)}${(position + 1).toString(36).toUpperCase().padStart(3, '0')}Z`;
}

function releaseOf(
  { snapshot, operation, host }: HostStepContext,
  id: string,
  manifest: ReturnType<typeof manifestOf>,
): Release {
  return {
    id,
    projectId: snapshot.project.id,
    name: `adopted-${host.name}-${id.slice(-6).toLowerCase()}`.slice(0, 120),
    commit: '0'.repeat(40),
    subject: `found on ${host.name}`,
    author: operation.requestedName,
    committedAt: null,
    configHash: '',
    manifestHash: manifest.hash,
    files: manifest.entries.length,
    bytes: 0,
    state: 'kept',
    goodAt: null,
    badAt: null,
    pinned: false,
    operationId: operation.id,
    builtAt: Date.now(),
  };
}

/** Reads what the action prints of the adopted tree. */
function readSurvey(out: string) {
  const [, rest = ''] = out.split('--listing\n');
  const [listing = '', sums = ''] = rest.split('--sums\n');
  const sumOf = new Map(
    sums.split('\n').map((line) => [line.slice(66).replace(/^\.\//, ''), line.slice(0, 64)] as const),
  );
  const entries: Entry[] = [];
  for (const line of listing.split('\n')) {
    const file = /^f ([0-7]+) \.\/(.+)$/.exec(line);
    const link = /^l - \.\/(.+) -> (.+)$/.exec(line);
    if (link) entries.push({ path: link[1]!, kind: 'link', target: link[2]! });
    else if (file && sumOf.has(file[2]!)) {
      const mode = Number.parseInt(file[1]!, 8) & 0o777;
      entries.push({ path: file[2]!, kind: 'file', mode, sha256: sumOf.get(file[2]!)!, size: 0 });
    }
  }
  return manifestOf(entries);
}
