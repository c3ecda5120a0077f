import { setTimeout as pause } from 'node:timers/promises';
import type { StepContext } from './step.ts';

/** Asks up to `tries` times, with a pause between; null is success. @returns null, or the last problem */
export async function retried(
  { signal }: StepContext,
  tries: number,
  everySeconds: number,
  attempt: () => Promise<string | null>,
): Promise<string | null> {
  for (let count = 1; ; count++) {
    const problem = await attempt();
    if (problem === null || count >= tries) return problem;
    await pause(everySeconds * 1000, undefined, { signal });
  }
}
