import { setTimeout as pause } from 'node:timers/promises';
import { StepFailed } from '../failure.ts';
import { healthProblem } from '../health-request.ts';
import { programTail } from '../host-processes.ts';
import type { HostStepContext, Step } from '../step.ts';
import { withTries } from '../tries.ts';
import { portOf } from './port.ts';

/** Asks the process's health path until it answers with the expected status. */
export const http: Step<HostStepContext> = {
  async run(context) {
    const { tools, host, snapshot, log } = context;
    const { path, code, good } = snapshot.project.settings.checks;
    const port = portOf(context);
    const problem = await withTries(
      context,
      tools.config.httpTries,
      tools.config.httpEverySeconds,
      async (last) => {
        const found = await wrongOnce(context, port);
        if (found && found !== last) log.line(`GET http://${host.address}:${port}${path}: ${found}`);
        return found;
      },
    );
    if (problem !== null) {
      const detail = { host: host.name, port, path, code, problem };
      throw new StepFailed('http_check', detail, { programTail: await programTail(context) });
    }
    log.line(
      `GET http://${host.address}:${port}${path}: ${code}${good > 1 ? `, ${good} times in a row` : ''}`,
    );
    return { evidence: { port, path, code, good } };
  },
};

/** Null where every one of so many GETs in a row is answered as expected. */
async function wrongOnce(context: HostStepContext, port: number): Promise<string | null> {
  const { good } = context.snapshot.project.settings.checks;
  for (let count = 1; ; count++) {
    const found = await healthProblem(context, port);
    if (found) return count === 1 ? found : `${found} (after ${count - 1} good answers)`;
    if (count === good) return null;
    const seconds = context.tools.config.httpEverySeconds;
    await pause(seconds * 1000, undefined, { signal: context.signal });
  }
}
