import { believedMs } from '../../model/belief.ts';
import type { LiveState } from '../../model/process.ts';
import type { Project } from '../../model/project.ts';
import * as hosts from '../../store/hosts.ts';
import * as placements from '../../store/placements.ts';
import { placementStates } from '../../store/states.ts';
import type { Page } from '../page.ts';
import { portRange } from './port-range.ts';

export type PlacementRow = {
  id: string;
  hostId: string;
  host: string;
  address: string;
  pinned: boolean;
  processes: number;
  ports: string;
  variables: number;
  adopted: boolean;
  state: LiveState;
};

/** A project's hosts, in the order in which they are deployed to. */
export async function placementRows(page: Page, project: Project): Promise<PlacementRow[]> {
  const placed = await placements.ofProject(page.db, project.id);
  const machines = new Map((await hosts.all(page.db)).map((host) => [host.id, host]));
  const ids = placed.map(({ id }) => id);
  const states = await placementStates(page.db, ids, believedMs(page.settings.sweepSeconds));
  return placed.flatMap((placement) => {
    const host = machines.get(placement.hostId);
    if (!host) return [];
    return {
      id: placement.id,
      hostId: host.id,
      host: host.name,
      address: host.address,
      pinned: host.hostKey !== null,
      processes: placement.processes,
      ports: portRange(project.port, placement.processes),
      variables: placement.env.length,
      adopted: placement.adoption !== null,
      state: states.get(placement.id)?.state ?? 'unknown',
    };
  });
}
