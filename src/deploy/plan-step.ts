import type { HostSnapshot } from '../model/operation.ts';
import type { Phase } from '../model/step.ts';
import type { NewStep } from '../store/steps.ts';

/** One step of a plan: of the deploy machine, of a host, or of one process (an index from 0) of a host. */
export function step(phase: Phase, name: string, host?: HostSnapshot, process?: number): NewStep {
  const place = host ? `@${host.hostId}${process === undefined ? '' : `#${process}`}` : '';
  return { stepKey: name + place, phase, name, hostId: host?.hostId ?? null, process: process ?? null };
}

/** Steps that change a host as a whole, in their order. */
export function ofHost(host: HostSnapshot, names: string[]): NewStep[] {
  return names.map((name) => step('activate', name, host));
}

/** What stands between two waves of hosts; the number of the wave that follows is kept as its process. */
export function gate(name: string, wave: number): NewStep {
  return { stepKey: `${name}~${wave}`, phase: 'activate', name, hostId: null, process: wave };
}

/** Process after process: all the names for the first, then for the next. */
export function perProcess(host: HostSnapshot, names: string[]): NewStep[] {
  return Array.from({ length: host.processes }, (_, index) => index).flatMap((index) =>
    names.map((name) => step('activate', name, host, index)),
  );
}
