import { setTimeout as pause } from 'node:timers/promises';
import { ownProcess } from './host-processes.ts';
import type { HostStepContext } from './step.ts';
import { notRunning } from './steps/state.ts';

/**
 * Asks `attempt` up to `tries` times; null from it is success. Gives up early, with the program's own log, where
 * supervisor says that the process is down for good.
 * @returns null, or the last problem
 */
export async function withTries(
  context: HostStepContext,
  tries: number,
  everySeconds: number,
  attempt: (last: string | null) => Promise<string | null>,
): Promise<string | null> {
  let problem: string | null = null;
  for (let count = 1; count <= tries; count++) {
    problem = await attempt(problem);
    if (problem === null) return null;
    const found = await ownProcess(context);
    if (found?.state === 'FATAL' || found?.state === 'STOPPED') throw await notRunning(context, found);
    if (count < tries) await pause(everySeconds * 1000, undefined, { signal: context.signal });
  }
  return problem;
}
