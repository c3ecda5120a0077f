import { portsOf } from './placement.ts';

/** The ports that one project takes on a machine; `others` besides those of its processes. */
export type PortClaim = { projectKey: string; port: number | null; processes: number; others?: number[] };

/** Ports that are wanted and belong to another project of the machine. */
export type PortOverlap = { projectKey: string; ports: number[] };

/** Which of `others` take ports that `wanted` asks for; empty where there is room. */
export function portOverlaps(wanted: PortClaim, others: readonly PortClaim[]): PortOverlap[] {
  const asked = new Set(claimed(wanted));
  return others
    .map((other) => ({
      projectKey: other.projectKey,
      ports: claimed(other).filter((port) => asked.has(port)),
    }))
    .filter((overlap) => overlap.ports.length > 0);
}

function claimed({ port, processes, others = [] }: PortClaim): number[] {
  return [...portsOf(port, processes), ...others];
}

/** True where the last process's port is a port still. */
export function portsFit(port: number | null, processes: number): boolean {
  return port === null || port + processes - 1 <= 65_535;
}
