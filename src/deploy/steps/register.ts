import { setTimeout as pause } from 'node:timers/promises';
import { type Enrolment, enrolmentOf } from '../enrolment.ts';
import { StepFailed } from '../failure.ts';
import { problemOf } from '../problem-of.ts';
import type { HostStepContext, Step } from '../step.ts';
import { isSuperseded } from '../superseded.ts';

/** Puts the process back into its service registry. What cannot be put in stays red everywhere until it is in. */
export const register: Step<HostStepContext> = {
  async run(context) {
    const { records, host, process, log, snapshot } = context;
    const enrolment = await enrolmentOf(context);
    const { name, counts } = enrolment.registry;
    const place = { hostId: host.hostId, process };
    if (!counts) {
      log.line('no registry');
      if ((await records.trafficOf(place)) !== null) await records.traffic(place, 'in', 'in');
      return { evidence: { registry: name } };
    }
    await records.traffic(place, 'in', 'unknown');
    const problem = await putIn(context, enrolment);
    if (problem === null) {
      await records.traffic(place, 'in', 'in');
      log.line(`in ${name}`);
      return { evidence: { registry: name } };
    }
    const detail = { host: host.name, registry: name, problem };
    if (snapshot.project.settings.registry.required)
      throw new StepFailed('register_failed', detail, { tail: log.tail() });
    log.line('this registry need not succeed now: going on; it is tried once more at the end');
    return { evidence: { registry: name, problem } };
  },
};

/** R40: tried several times. Null when it is in, else the last problem. */
async function putIn(context: HostStepContext, enrolment: Enrolment): Promise<string | null> {
  const { registerTries, registerEverySeconds } = context.tools.config;
  for (let take = 1; ; take++) {
    try {
      await enrolment.putIn(take);
      return null;
    } catch (error) {
      if (isSuperseded(error) || context.lost.aborted) throw error;
      const problem = problemOf(error);
      context.log.line(`not in ${enrolment.registry.name} (${take} of ${registerTries}): ${problem}`);
      if (take >= registerTries) return problem;
    }
    await pause(registerEverySeconds * 1000, undefined, { signal: context.lost });
  }
}
