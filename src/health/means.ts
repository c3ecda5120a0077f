import type { KeyFolder } from '../shells/ssh/keys.ts';
import { SshPool } from '../shells/ssh/pool.ts';

/** A third of the interval for each call on a host, but never so short that a busy machine seems to hang. */
const SHORTEST_CALL_MS = 3000;
const LONGEST_CALL_MS = 10_000;

/** How often each machine is looked at, and how long a call there may take. */
export function sweepTimes(sweepSeconds: number): { intervalMs: number; deadlineMs: number } {
  const intervalMs = sweepSeconds * 1000;
  const deadlineMs = Math.min(LONGEST_CALL_MS, Math.max(SHORTEST_CALL_MS, intervalMs / 3));
  return { intervalMs, deadlineMs };
}

type PoolSettings = {
  sweepSeconds: number;
  connectSeconds: number;
  sshIdleSeconds: number;
  commandSeconds: number;
};

/** Connections that outlive the pause between two looks, or each sweep would begin with a thousand handshakes. */
export function healthPool(keys: KeyFolder, settings: PoolSettings): SshPool {
  const { sweepSeconds, connectSeconds, sshIdleSeconds, commandSeconds } = settings;
  return new SshPool({
    keys,
    connectSeconds,
    commandSeconds,
    idleSeconds: Math.max(sshIdleSeconds, sweepSeconds * 3),
    // Each look is a sign of life or its end: a ping in between would cost as much as the look.
    keepaliveSeconds: 0,
  });
}
