import { compareHost } from '../compare-host.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Says what a deploy of the built release would change on a host, and changes nothing there. */
export const compare: Step<HostStepContext> = {
  async run({ tools, snapshot, host, shelf, facts, log, signal }) {
    const { project } = snapshot;
    const wanted = await shelf.manifest(facts.releaseId!);
    const manifest = (id: string) => shelf.manifest(id);
    const compared = { kind: 'deploy' as const, project, host, wanted, manifest, signal, deep: true };
    const comparison = await compareHost(tools, compared);
    const { problem, files, configuration, edited } = comparison;
    if (problem) log.line(`${host.name}: ${problem.code} ${JSON.stringify(problem.detail)}`);
    log.line(`runs ${comparison.current ?? (comparison.plain ? 'a plain folder from before' : 'nothing')}`);
    log.line(`its configuration: ${configuration}`);
    for (const path of edited) log.line(`edited on the host: ${path}`);
    if (files) log.line(`files: ${JSON.stringify(files.counts)}`);
    return { evidence: { configuration, counts: files?.counts ?? null }, hostFacts: { comparison } };
  },
};
