import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessInfo } from '../model/process.ts';
import { ownProcesses } from './host-processes.ts';
import type { HostStepContext, Verdict } from './step.ts';

/**
 * Decides by the host's own clock whether processes were started since `at`. Looks until the action must be over:
 * a supervisorctl that still runs without its guard may yet do it.
 */
export async function startedSince(
  context: HostStepContext,
  at: number | null,
  names: string[],
  timeoutSeconds: number,
): Promise<Verdict> {
  if (at === null) return 'unknown';
  for (;;) {
    const processes = (await ownProcesses(context)).filter((one) =>
      names.includes(`${one.group}:${one.name}`),
    );
    const now = Math.max(...processes.map((one) => one.now), 0);
    if (processes.length === names.length && processes.every((one) => one.start >= at))
      return doneAt(context, at);
    if (processes.length > 0 && now > at + timeoutSeconds + 10) return settled(processes, at);
    if (processes.length === 0) return 'unknown';
    await pause(1000, undefined, { signal: context.signal });
  }
}

function settled(processes: ProcessInfo[], at: number): Verdict {
  if (processes.every((one) => one.start < at)) return 'not-done';
  return 'unknown';
}

function doneAt(context: HostStepContext, at: number): Verdict {
  const { process, hostFacts, row } = context;
  const indices =
    row.process === null ? Array.from({ length: context.host.processes }, (_, index) => index) : [process];
  const restartedAt = { ...hostFacts.restartedAt };
  for (const index of indices) restartedAt[index] = at;
  return { evidence: { at, reconciled: true }, hostFacts: { restartedAt } };
}
