import { createHash } from 'node:crypto';
import type { ConfigurationFile } from '../../model/configuration-file.ts';
import type { Release } from '../../model/release.ts';
import { digestOfFiles } from '../configuration-files.ts';
import { StepFailed } from '../failure.ts';
import { Shelf } from '../shelf.ts';
import type { Step, StepContext } from '../step.ts';
import { takeTree } from '../workspace.ts';

/**
 * Takes the tree of another project's release, without the files that its environment's configuration put in after
 * the build. This project's own are written next, and it is kept as a release of its own.
 */
export const promote: Step = {
  async run(context) {
    const { records, log, shelf, snapshot } = context;
    const source = await sourceOf(context);
    const files = (await records.filesOf(source.operationId)) ?? [];
    await refuseBuiltIn(context, files);
    const added = await digestOfFiles(context);
    const configHash = hashOf(source, added);
    const known = await records.reusable(source.commit, configHash);
    const reused = known !== null && (await shelf.isWhole(known));
    const without = files.filter((file) => file.placed === 'after-build').map((file) => file.path);
    log.line(`${source.name} of ${snapshot.params.promotion!.projectKey}, commit ${source.commit}`);
    if (reused) log.line(`it is kept here already as ${known.name}`);
    else await take(context, source, without);
    for (const path of without) log.line(`left behind: ${path}`);
    return {
      evidence: { from: source.id, commit: source.commit, without },
      facts: {
        ...{ commit: source.commit, subject: source.subject, author: source.author },
        ...{ committedAt: source.committedAt, configHash, reused, promotedFrom: source.id },
        ...(without.length === 0 && added === undefined ? { promotedHash: source.manifestHash } : {}),
        ...(reused ? { releaseId: known.id, releaseName: known.name } : {}),
      },
    };
  },
};

async function sourceOf({ records, snapshot }: StepContext): Promise<Release> {
  const { releaseId, projectId, releaseName } = snapshot.params.promotion!;
  const release = await records.release(releaseId);
  if (release?.projectId === projectId && release.state === 'kept') return release;
  throw new StepFailed('promote_release_gone', { release: releaseName });
}

/** It is never the release of a deploy: what a commit yields here is another question. */
function hashOf(source: Release, files: string | undefined): string {
  return createHash('sha256')
    .update(JSON.stringify(['promoted', source.id, files]))
    .digest('hex');
}

async function take(context: StepContext, source: Release, without: string[]): Promise<void> {
  const { tools, snapshot } = context;
  const { projectKey, releaseName } = snapshot.params.promotion!;
  const whole = await new Shelf(tools.releases, projectKey).isWhole(source);
  if (!whole) throw new StepFailed('promote_not_here', { release: releaseName, project: projectKey });
  await takeTree(context, tools.releases.path(projectKey, source.id), without);
}

/** What was given to the build cannot be taken out again: it must be the same here. */
async function refuseBuiltIn(context: StepContext, files: ConfigurationFile[]): Promise<void> {
  const there = files.filter((file) => file.placed === 'before-build');
  const here = (context.snapshot.project.files ?? []).filter((file) => file.placed === 'before-build');
  const texts = await context.records.fileTexts([...there, ...here].map((file) => file.textId));
  const told = (file: ConfigurationFile) => {
    const sealed = texts.get(file.textId);
    const text = sealed === undefined ? null : context.tools.vault.open(sealed);
    return JSON.stringify([file.path, file.source, file.fill, text]);
  };
  const same = new Set(here.map(told));
  const other = there.filter((file) => file.fill || !same.has(told(file)));
  if (other.length === 0) return;
  const paths = other.map((file) => file.path).join(', ');
  throw new StepFailed('promote_built_in', { paths, project: context.snapshot.params.promotion!.projectKey });
}
