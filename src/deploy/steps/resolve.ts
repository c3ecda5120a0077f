import { decisionHash } from '../../model/decision.ts';
import { buildHash } from '../build-hash.ts';
import { digestOfFiles } from '../configuration-files.ts';
import { StepFailed } from '../failure.ts';
import type { Step } from '../step.ts';

/** Turns the chosen branch, tag or commit into one commit, and finds the release that was built from it already. */
export const resolve: Step = {
  async run(context) {
    const { tools, records, operation, snapshot, log, shelf, facts } = context;
    const ref = operation.ref ?? snapshot.project.branch;
    const wanted = snapshot.params.commit ?? ref;
    const found = await tools.mirrors.resolve(snapshot.project.gitUrl, wanted);
    log.line(`${ref} = ${found.commit}`);
    log.line(`${found.subject} (${found.author})`);
    const configHash = buildHash(snapshot.project, tools, {
      configCommit: facts.configCommit,
      files: await digestOfFiles(context),
    });
    const known = await records.reusable(found.commit, configHash);
    const reused = known !== null && (await shelf.isWhole(known));
    if (operation.releaseId && known?.id !== operation.releaseId)
      throw new StepFailed('release_moved', { ref });
    if (reused) log.line(`release ${known.name} was built from it with the same configuration`);
    return {
      evidence: { ref, commit: found.commit },
      facts: {
        commit: found.commit,
        subject: found.subject,
        author: found.author,
        committedAt: found.committedAt,
        configHash,
        reused,
        decision: decisionHash({ kind: operation.kind, commit: found.commit, releaseId: null }, snapshot),
        ...(reused ? { releaseId: known.id, releaseName: known.name } : {}),
      },
    };
  },
};
