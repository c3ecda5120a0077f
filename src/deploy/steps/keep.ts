import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { plainFolder } from '../../builds/plain-folder.ts';
import type { Release } from '../../model/release.ts';
import { StepFailed } from '../failure.ts';
import type { Step, StepContext } from '../step.ts';
import { rootOf, workspaceOf } from '../workspace.ts';

/** Keeps what was built as a release with its manifest. */
export const keep: Step = {
  async run(context) {
    const { tools, records, facts, snapshot, operation, log } = context;
    if (facts.reused) return { state: 'skipped', evidence: { reason: 'reused' } };
    const workspace = workspaceOf(context);
    const { output } = snapshot.project.settings.build;
    const id = operation.id;
    await tools.isolation.reclaim(snapshot.project.key, rootOf(context));
    if ((await plainFolder(workspace, output)) === 'other')
      throw new StepFailed('output_link', { folder: output });
    const kept = await tools.releases.keep(
      snapshot.project.key,
      id,
      output ? join(workspace, output) : workspace,
    );
    if (facts.promotedHash && facts.promotedHash !== kept.hash) throw new StepFailed('promote_differs');
    const files = kept.entries.length;
    const bytes = kept.entries.reduce((sum, entry) => sum + (entry.kind === 'file' ? entry.size : 0), 0);
    const release = releaseOf(context, { files, bytes, manifestHash: kept.hash });
    await records.addRelease(release);
    await rm(rootOf(context), { recursive: true, force: true });
    log.line(`release ${release.name}: ${files} files, ${bytes} bytes, manifest ${kept.hash.slice(0, 12)}`);
    return { evidence: { releaseId: id, files, bytes }, facts: { releaseId: id, releaseName: release.name } };
  },
};

function releaseOf(
  { facts, snapshot, operation }: StepContext,
  content: { files: number; bytes: number; manifestHash: string },
): Release {
  return {
    ...content,
    id: operation.id,
    projectId: snapshot.project.id,
    name: releaseName(snapshot.project.environment, operation.createdAt, operation.id),
    commit: facts.commit!,
    subject: facts.subject ?? '',
    author: facts.author ?? '',
    committedAt: facts.committedAt ?? null,
    configHash: facts.configHash!,
    state: 'kept',
    goodAt: null,
    badAt: null,
    pinned: false,
    promotedFrom: facts.promotedFrom ?? null,
    operationId: operation.id,
    builtAt: Date.now(),
  };
}

/** Named as in the original, in UTC, with the end of the id because two may be built in one second. */
function releaseName(environment: string, at: number, id: string): string {
  const [date, time] = new Date(at).toISOString().slice(0, 19).split('T') as [string, string];
  return `${environment}-${date.replaceAll('-', '')}_${time.replaceAll(':', '-')}-${id.slice(-4).toLowerCase()}`;
}
