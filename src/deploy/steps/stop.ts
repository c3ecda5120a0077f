import type { ProcessInfo } from '../../model/process.ts';
import { StepFailed } from '../failure.ts';
import { guarded } from '../guarded.ts';
import { nameOf, ownProcesses } from '../host-processes.ts';
import type { HostStepContext, Step } from '../step.ts';
import { timeoutOf } from './restart.ts';

const DOWN = new Set(['STOPPED', 'EXITED', 'FATAL']);

/**
 * Stops one process and sees that it is down. The last one takes along whatever else of the project still runs: its
 * port or number of processes may have been changed since the last deploy.
 */
export const stop: Step<HostStepContext> = {
  async run(context) {
    const { host, process, log } = context;
    const name = nameOf(context);
    const state = await bringDown(context, name);
    if (process < host.processes - 1 || context.operation.kind === 'stop-process')
      return { evidence: { name, state } };
    const others = (await ownProcesses(context)).filter((one) => !DOWN.has(one.state)).map(fullName);
    for (const other of others) {
      log.line(`${other} is of the configuration before`);
      await bringDown(context, other);
    }
    return { evidence: { name, state, others } };
  },
};

async function bringDown(context: HostStepContext, name: string): Promise<string> {
  const args = ['stop', name, ...context.host.settings.supervisorctl];
  const part = name.replaceAll(/[^A-Za-z0-9]/g, '_');
  const { out } = await guarded(context, {
    name: 'control',
    part,
    args,
    timeoutSeconds: timeoutOf(context),
  });
  const found = (await ownProcesses(context)).find((one) => fullName(one) === name);
  if (found && !DOWN.has(found.state)) {
    throw new StepFailed('still_up', { host: context.host.name, name, state: found.state }, { tail: out });
  }
  return found?.state ?? 'not loaded';
}

function fullName({ group, name }: ProcessInfo): string {
  return `${group}:${name}`;
}
