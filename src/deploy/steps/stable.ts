import { setTimeout as pause } from 'node:timers/promises';
import { StepFailed } from '../failure.ts';
import { healthProblem, portProblem } from '../health-request.ts';
import { nameOf, ownProcess, programTail } from '../host-processes.ts';
import type { HostStepContext, Step } from '../step.ts';
import { portOf } from './port.ts';

/** A process that flaps is RUNNING half of the time: it must stay up with one pid, and still answer afterwards. */
export const stable: Step<HostStepContext> = {
  async run(context) {
    const { tools, snapshot, hostFacts, process, log, signal } = context;
    const needed = snapshot.project.settings.startSeconds + tools.config.stableSeconds;
    for (;;) {
      const found = await ownProcess(context);
      if (found?.state !== 'RUNNING' || found.pid !== hostFacts.pids[process]) {
        const detail = { host: context.host.name, name: nameOf(context), state: found?.state ?? 'missing' };
        throw new StepFailed('flapping', detail, { programTail: await programTail(context) });
      }
      if (found.now - found.start >= needed) {
        await stillAnswers(context);
        log.line(`${nameOf(context)} has been up for ${found.now - found.start} s with pid ${found.pid}`);
        return { evidence: { pid: found.pid, seconds: found.now - found.start } };
      }
      await pause(Math.max(tools.config.checkEverySeconds, 0.2) * 1000, undefined, { signal });
    }
  },
};

async function stillAnswers(context: HostStepContext): Promise<void> {
  const { snapshot, host } = context;
  const { port: checksPort, http: checksHttp, path, code } = snapshot.project.settings.checks;
  const port = portOf(context);
  if (!port) return;
  const closed = checksPort ? await portProblem(context, port) : null;
  if (closed) {
    const detail = { host: host.name, port, problem: closed };
    throw new StepFailed('port_closed', detail, { programTail: await programTail(context) });
  }
  const problem = checksHttp ? await healthProblem(context, port) : null;
  if (problem) {
    const detail = { host: host.name, port, path, code, problem };
    throw new StepFailed('http_check', detail, { programTail: await programTail(context) });
  }
}
