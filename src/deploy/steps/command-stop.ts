import { setTimeout as pause } from 'node:timers/promises';
import { check } from '../../runtimes/command-check.ts';
import { commandsOf, environmentOf, type Instance, portOf } from '../../runtimes/commands.ts';
import { StepFailed } from '../failure.ts';
import { guarded } from '../guarded.ts';
import { instancesOf, leftovers } from '../instances.ts';
import { reaches } from '../reach.ts';
import type { HostStepContext, Step } from '../step.ts';

/**
 * Stops one process, or all of the host, and sees that it is down: what still listened or still passed its check
 * would be taken for the new release. May be repeated.
 */
export const commandStop: Step<HostStepContext> = {
  async run(context) {
    const { row, process, host, operation } = context;
    const own = instancesOf(context);
    const isLast = row.process === null || process === host.processes - 1;
    const others = isLast ? await leftovers(context) : [];
    for (const one of own) await bringDown(context, one, operation.kind === 'stop' ? 'stay' : '');
    for (const one of others) await bringDown(context, one, 'gone');
    return { evidence: { stopped: [...own, ...others].map((one) => one.process) } };
  },
};

async function bringDown(context: HostStepContext, instance: Instance, then: string): Promise<void> {
  const { tools, host, snapshot, log } = context;
  const { stop } = commandsOf(snapshot.project);
  const { stopSeconds } = snapshot.project.settings;
  if (stop) log.line(`$ ${stop}`);
  const environment = Buffer.from(environmentOf(instance, tools.vault));
  const place = [host.settings.hostPath, snapshot.project.key, String(instance.process)];
  const { out } = await guarded(context, {
    name: 'command-stop',
    part: String(instance.process),
    args: [...place, String(stopSeconds), then, String(environment.length)],
    input: Buffer.concat([environment, Buffer.from(stop)]),
    timeoutSeconds: stopSeconds * 2 + 90,
  });
  // What its port is used for by now is not its matter.
  if (then === 'gone') return;
  const deadline = performance.now() + stopSeconds * 1000;
  for (;;) {
    const sign = await signOfLife(context, instance);
    if (sign === null) return;
    if (performance.now() > deadline) {
      const name = `${snapshot.project.key}#${instance.process}`;
      throw new StepFailed(`command_${sign}`, { host: host.name, name }, { tail: out });
    }
    await pause(tools.config.checkEverySeconds * 1000);
  }
}

/** What shows that it is still up; null: nothing. */
async function signOfLife(
  { tools, host, snapshot, lost }: HostStepContext,
  instance: Instance,
): Promise<'still_listens' | 'still_well' | null> {
  const port = portOf(instance);
  if (port !== null) {
    const problem = await reaches(host.address, port, tools.config.connectSeconds * 1000);
    return problem === null ? 'still_listens' : null;
  }
  if (!commandsOf(snapshot.project).check) return null;
  const { code } = await check(tools, instance, { seconds: 10, signal: lost });
  return code === 0 ? 'still_well' : null;
}
