import { StepFailed } from '../failure.ts';
import { programTail } from '../host-processes.ts';
import { httpGet } from '../http-get.ts';
import type { HostStepContext, Step } from '../step.ts';
import { withTries } from '../tries.ts';
import { portOf } from './port.ts';

/** Asks the process's health path until it answers with the expected status. */
export const http: Step<HostStepContext> = {
  async run(context) {
    const { tools, host, snapshot, log } = context;
    const { path, code } = snapshot.project.settings.checks;
    const port = portOf(context);
    const problem = await withTries(
      context,
      tools.config.httpTries,
      tools.config.httpEverySeconds,
      async (last) => {
        const found = await wrong(context);
        if (found && found !== last) log.line(`GET http://${host.address}:${port}${path}: ${found}`);
        return found;
      },
    );
    if (problem !== null) {
      const detail = { host: host.name, port, path, code, problem };
      throw new StepFailed('http_check', detail, { programTail: await programTail(context) });
    }
    log.line(`GET http://${host.address}:${port}${path}: ${code}`);
    return { evidence: { port, path, code } };
  },
};

/** Null where one GET is answered as expected. */
export async function wrong(context: HostStepContext): Promise<string | null> {
  const { path, code } = context.snapshot.project.settings.checks;
  const answer = await httpGet(context.host.address, portOf(context), path);
  if (answer.status === code) return null;
  return answer.status === null ? answer.problem : `${answer.status} ${answer.problem}`;
}
