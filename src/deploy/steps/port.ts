import { portsOf } from '../../model/placement.ts';
import { StepFailed } from '../failure.ts';
import { portProblem } from '../health-request.ts';
import { programTail } from '../host-processes.ts';
import { ownerOfPort } from '../port-owner.ts';
import type { HostStepContext, Step } from '../step.ts';
import { withTries } from '../tries.ts';

/** Connects to the process's port until it answers, and sees that it is this very process that listens. */
export const port: Step<HostStepContext> = {
  async run(context) {
    const { tools, host, log } = context;
    const number = portOf(context);
    const open = await withTries(
      context,
      tools.config.portTries,
      tools.config.portEverySeconds,
      async (last) => {
        const problem = await portProblem(context, number);
        if (problem && problem !== last) log.line(`${host.address}:${number} ${problem}`);
        return problem;
      },
    );
    if (open !== null) {
      throw new StepFailed(
        'port_closed',
        { host: host.name, port: number, problem: open },
        { programTail: await programTail(context) },
      );
    }
    const owner = await ownerOfPort(context, number);
    log.line(`${host.address}:${number} answers, listener: ${owner}`);
    if (owner === 'other') throw new StepFailed('port_of_other', { host: host.name, port: number });
    return { evidence: { port: number, owner } };
  },
};

/** The port of the step's process. */
export function portOf({ snapshot, host, process }: HostStepContext): number {
  return portsOf(snapshot.project.port, host.processes)[process] ?? 0;
}
