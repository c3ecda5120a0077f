import type { HostSettings } from '../model/host-settings.ts';
import { type Target, targetOf } from '../shells/ssh/target.ts';
import type { Watched } from './watch-list.ts';

/** The placements of a machine that are reached in the same way: same user, paths and supervisor. */
export type Visit = { target: Target; settings: HostSettings; placements: Watched[] };

const known = new WeakMap<Watched[], Visit[]>();

/** Environments may differ in how they reach a machine: each way is a visit of its own. */
export function visits(placements: Watched[]): Visit[] {
  const found = known.get(placements) ?? groups(placements);
  known.set(placements, found);
  return found;
}

function groups(placements: Watched[]): Visit[] {
  const bySettings = new Map<string, Visit>();
  for (const placement of placements) {
    const { settings } = placement.host;
    const id = JSON.stringify(settings);
    const visit = bySettings.get(id) ?? { target: targetOf(placement.host), settings, placements: [] };
    visit.placements.push(placement);
    bySettings.set(id, visit);
  }
  return [...bySettings.values()];
}
