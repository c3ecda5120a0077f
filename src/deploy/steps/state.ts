import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessInfo } from '../../model/process.ts';
import { isTomcat } from '../../runtimes/tomcat.ts';
import { StepFailed } from '../failure.ts';
import { nameOf, ownProcess, programTail } from '../host-processes.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Waits until the restarted process is RUNNING; the exit code of supervisorctl is not believed. */
export const state: Step<HostStepContext> = {
  async run(context) {
    const { tools, snapshot, hostFacts, process, log, signal } = context;
    const deadline = performance.now() + (snapshot.project.settings.startSeconds * 5 + 30) * 1000;
    for (let last = ''; ; ) {
      const found = await ownProcess(context);
      const words = found ? describe(found) : 'supervisor does not know it';
      if (words !== last) log.line(`${nameOf(context)}: ${words}`);
      last = words;
      if (found && isUp(found, hostFacts.restartedAt[process])) {
        return {
          evidence: { pid: found.pid, start: found.start },
          hostFacts: { pids: { ...hostFacts.pids, [process]: found.pid } },
        };
      }
      if (found?.state === 'FATAL' || found?.state === 'STOPPED' || performance.now() > deadline) {
        throw await notRunning(context, found);
      }
      await pause(tools.config.checkEverySeconds * 1000, undefined, { signal });
    }
  },
};

function isUp(found: ProcessInfo, restartedAt: number | undefined): boolean {
  return found.state === 'RUNNING' && (restartedAt === undefined || found.start >= restartedAt);
}

/** The card of a process that is not up: its state and the end of its own log. */
export async function notRunning(context: HostStepContext, found: ProcessInfo | null): Promise<StepFailed> {
  const detail = { host: context.host.name, name: nameOf(context), state: found?.state ?? 'missing' };
  return new StepFailed(isTomcat(context.snapshot.project) ? 'jvm_not_running' : 'not_running', detail, {
    // Supervisor keeps no exit status of a process that ended before its startsecs: it says 0 then.
    exitCode: found?.state === 'EXITED' ? found.exitStatus : null,
    tail: found?.spawnError ?? '',
    programTail: await programTail(context),
  });
}

function describe({ state: word, pid, spawnError }: ProcessInfo): string {
  return [word, pid ? `pid ${pid}` : '', spawnError].filter(Boolean).join(' ');
}
