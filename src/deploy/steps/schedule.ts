import { jobFiles, jobPlace } from '../../runtimes/job-schedule.ts';
import { guarded } from '../guarded.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Writes the project's block into the crontab. Safe to repeat. */
export const schedule: Step<HostStepContext> = {
  async run(context) {
    const { snapshot, host, tools } = context;
    const { folder, marker, logs } = jobPlace(snapshot.project, host);
    const { wrapper, env, block, lines } = jobFiles(snapshot.project, host, tools.vault);
    const parts = [wrapper, env, block, ...lines.map(({ command }) => `${command}\n`)].map((text) =>
      Buffer.from(text),
    );
    const [run, variables, whole, ...commands] = parts.map((part) => String(part.length)) as [
      string,
      string,
      string,
    ];
    const pairs = lines.flatMap(({ id }, index) => [id, (commands as string[])[index]!]);
    await guarded(context, {
      name: 'schedule',
      args: [
        folder,
        marker,
        logs,
        run,
        variables,
        whole,
        String(lines.length),
        ...pairs,
        ...host.settings.crontab,
      ],
      input: Buffer.concat(parts),
    });
    return { evidence: { lines: lines.length } };
  },
};
