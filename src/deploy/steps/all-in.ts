import { enrolmentOf } from '../enrolment.ts';
import { StepFailed } from '../failure.ts';
import { problemOf } from '../problem-of.ts';
import type { HostStepContext, Step, StepContext } from '../step.ts';
import { isSuperseded } from '../superseded.ts';

/**
 * R40: where a registry need not succeed at once, whatever is still out is tried once more when all hosts are done;
 * an operation that leaves one out has not succeeded.
 */
export const allIn: Step = {
  async run(context) {
    const left: string[] = [];
    const one = context.snapshot.params.process;
    for (const host of context.snapshot.hosts) {
      for (let process = 0; process < host.processes; process++) {
        if (one && one.index !== process) continue;
        const hostFacts = context.allHostFacts.get(host.hostId)!;
        if (!(await isIn({ ...context, host, hostFacts, process })))
          left.push(`${host.name} #${process + 1}`);
      }
    }
    const registry = context.snapshot.project.settings.registry.name;
    if (left.length > 0) throw new StepFailed('left_out', { registry, hosts: left.join(', ') });
    return { evidence: { registry } };
  },
};

async function isIn(context: HostStepContext & StepContext): Promise<boolean> {
  const { records, host, process, log } = context;
  const place = { hostId: host.hostId, process };
  const known = await records.trafficOf(place);
  // What shall be out was never found well: it is not put in here.
  if (known === null || known.observed === 'in' || known.desired === 'out') return true;
  try {
    await (await enrolmentOf(context)).putIn(1);
  } catch (error) {
    if (isSuperseded(error) || context.lost.aborted) throw error;
    log.line(`${host.name} #${process + 1} is not in: ${problemOf(error)}`);
    return false;
  }
  await records.traffic(place, 'in', 'in');
  return true;
}
