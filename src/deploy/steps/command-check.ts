import { setTimeout as pause } from 'node:timers/promises';
import { type Checked, check } from '../../runtimes/command-check.ts';
import { commandsOf } from '../../runtimes/commands.ts';
import { StepFailed } from '../failure.ts';
import { programTail } from '../host-processes.ts';
import { instanceOf } from '../instances.ts';
import type { HostStepContext, Step } from '../step.ts';

/** One try may take so long. */
const TRY_SECONDS = 15;

/** Runs the author's check until it passes, for as long as the project says. */
export const commandCheck: Step<HostStepContext> = {
  async run(context) {
    const { tools, snapshot, log, signal } = context;
    const { check: command, checkSeconds } = commandsOf(snapshot.project);
    if (!command) return { state: 'skipped', evidence: { reason: 'no-check' } };
    log.line(`$ ${command}`);
    const deadline = performance.now() + checkSeconds * 1000;
    for (let last = ''; ; ) {
      const found = await once(context);
      const words = wordsOf(found);
      if (words !== last) log.line(words);
      last = words;
      if (found.code === 0) return { evidence: { code: 0 } };
      if (performance.now() > deadline) throw await failed(context, found);
      await pause(Math.max(tools.config.checkEverySeconds, 0.2) * 1000, undefined, { signal });
    }
  },
};

/** Once more after a while: what comes up and falls over again has passed the first check. */
export const commandAgain: Step<HostStepContext> = {
  async run(context) {
    const { tools, snapshot, log, signal } = context;
    if (!commandsOf(snapshot.project).check) return { state: 'skipped', evidence: { reason: 'no-check' } };
    const seconds = snapshot.project.settings.startSeconds + tools.config.stableSeconds;
    await pause(seconds * 1000, undefined, { signal });
    const found = await once(context);
    log.line(`after ${seconds} s: ${wordsOf(found)}`);
    if (found.code !== 0) throw await failed(context, found);
    return { evidence: { code: 0, seconds } };
  },
};

function once(context: HostStepContext): Promise<Checked> {
  return check(context.tools, instanceOf(context), { seconds: TRY_SECONDS, signal: context.signal });
}

function wordsOf({ code, output }: Checked): string {
  if (code === 0) return 'the check passes';
  return `the check ends with ${code ?? 'nothing'}${output ? `: ${output}` : ''}`;
}

async function failed(context: HostStepContext, { code, output }: Checked): Promise<StepFailed> {
  const { host, snapshot, process } = context;
  const detail = { host: host.name, name: `${snapshot.project.key}#${process}`, code: code ?? '?' };
  return new StepFailed('command_check', detail, {
    exitCode: code,
    tail: output,
    programTail: await programTail(context),
  });
}
