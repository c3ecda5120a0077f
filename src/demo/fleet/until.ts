import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits until `holds` says true, asking every `everyMs`.
 * @throws Error naming `what` after `deadlineMs`.
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs = 20_000,
  everyMs = 25,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Waited ${deadlineMs / 1000} s in vain until ${what}`);
    await pause(everyMs);
  }
}
