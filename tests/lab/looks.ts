import type { Look, SeenHost, SeenPlacement } from '../../src/model/look.ts';
import type { Db } from '../../src/store/database.ts';
import { record } from '../../src/store/looks.ts';

const HOUR = 3_600_000;
const well: SeenHost = { reachable: 'yes', supervisor: 'rpc', message: null };

/** Records looks that found these placements so, on machines that are well. */
export async function recordPlacements(db: Db, seen: SeenPlacement[], staleMs = HOUR): Promise<void> {
  const looks = new Map<string, Look>();
  for (const one of seen) {
    const row = await db('placements').where({ id: one.placementId }).first('host_id');
    const hostId: string = row?.host_id ?? '0'.repeat(26);
    const look = looks.get(hostId) ?? { hostId, host: well, placements: [] };
    looks.set(hostId, { ...look, placements: [...look.placements, one] });
  }
  await record(db, [...looks.values()], staleMs);
}

/** Records a look that found a machine so. */
export async function recordHost(db: Db, hostId: string, host: SeenHost, staleMs = HOUR): Promise<void> {
  await record(db, [{ hostId, host, placements: [] }], staleMs);
}
