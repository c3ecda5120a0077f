import type { Tunnel } from '../shells/outbound/open.ts';
import { targetOf } from '../shells/ssh/target.ts';
import type { HostStepContext } from './step.ts';

/** Streams that begin on the step's host, through the ssh connection that there is already. */
export function tunnelTo({ tools, host }: HostStepContext): Tunnel {
  return (address, port, signal) =>
    tools.pool.reach(targetOf(host), address, port, {
      deadlineMs: tools.config.connectSeconds * 1000,
      signal,
    });
}
