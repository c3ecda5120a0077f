import { isBad } from './flip.ts';
import type { LiveProcess } from './live-state.ts';
import { isNear, type Look, type SeenPlacement, stateOfHost } from './look.ts';

/** True where nothing is bad: what goes on is then no news, and is not counted. */
export function isWell({ host, placements }: Pick<Look, 'host' | 'placements'>): boolean {
  return !isBad(stateOfHost(host)) && placements.every(({ state }) => !isBad(state));
}

/** True where a look found exactly what is known. What it did not read is taken to be as it was. */
export function isSameLook(known: Look, found: Look): boolean {
  return (
    known.host.reachable === found.host.reachable &&
    known.host.supervisor === found.host.supervisor &&
    known.host.message === found.host.message &&
    known.placements.length === found.placements.length &&
    areAmong(known.placements, found.placements)
  );
}

/** True where each of the placements was found exactly as it is known. */
export function areAmong(known: SeenPlacement[], found: SeenPlacement[]): boolean {
  const before = new Map(known.map((one) => [one.placementId, one]));
  return found.every((one) => {
    const same = before.get(one.placementId);
    return same !== undefined && isSamePlacement(same, one);
  });
}

function isSamePlacement(known: SeenPlacement, found: SeenPlacement): boolean {
  return (
    known.state === found.state &&
    known.message === found.message &&
    (found.release === undefined || known.release === found.release) &&
    isNear(known.since, found.since) &&
    known.processes.length === found.processes.length &&
    known.processes.every((process, index) => isSameProcess(process, found.processes[index]!))
  );
}

function isSameProcess(known: LiveProcess, found: LiveProcess): boolean {
  return (
    known.name === found.name &&
    known.state === found.state &&
    known.pid === found.pid &&
    known.message === found.message &&
    isNear(known.since, found.since)
  );
}
