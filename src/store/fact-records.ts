import { type Drift, driftOf, type HostFacts, type PlacementFacts } from '../model/drift.ts';
import { readClock } from './clock.ts';
import type { Db } from './database.ts';
import { expectationOf } from './expectations.ts';
import { writing } from './transaction.ts';

/** What was gathered of a machine since `begunAt`, by the database's clock. */
export type FactRecord = {
  hostId: string;
  begunAt: number;
  /** Null where it could not be asked: `message` says why. */
  host: HostFacts | null;
  placements: readonly PlacementFacts[];
  message: string | null;
};

/**
 * Writes a machine's facts, and what of them is not as operations left it. A placement that an operation changed
 * meanwhile is passed over: its end makes the machine due.
 */
export async function record(db: Db, facts: FactRecord): Promise<void> {
  await writing(db, async (trx) => {
    const at = await readClock(trx);
    for (const found of facts.placements) await recordPlacement(trx, found, facts.begunAt, at);
    const { host, message } = facts;
    await trx('host_facts')
      .where({ host_id: facts.hostId })
      .update({ message, ...(host && hostColumns(host, at)) });
  });
}

function hostColumns({ clockMs, disks }: HostFacts, at: number) {
  const percent = disks.length > 0 ? Math.max(...disks.map((disk) => disk.percent)) : null;
  return { checked_at: at, clock_ms: clockMs, disks: JSON.stringify(disks), disk_percent: percent };
}

async function recordPlacement(trx: Db, found: PlacementFacts, begunAt: number, at: number): Promise<void> {
  const row = await trx('placements').where({ id: found.placementId }).first('project_id', 'host_id');
  if (!row) return;
  const expected = await expectationOf(trx, { projectId: row.project_id, hostId: row.host_id }, begunAt);
  if (expected === null) return;
  const { placementId, link, folder, switchedAt, configuration } = found;
  await trx('placement_facts')
    .insert({
      placement_id: placementId,
      checked_at: at,
      link,
      folder,
      switched_at: switchedAt,
      configuration,
    })
    .onConflict('placement_id')
    .merge();
  await recordDrift(trx, placementId, driftOf(found, expected), at);
}

/** What goes on keeps since when it does, never in the future: that was written before the clock was set back. */
async function recordDrift(trx: Db, placementId: string, drifts: Drift[], at: number): Promise<void> {
  const before: { what: string; item: string; since: number }[] = await trx('drifts')
    .where({ placement_id: placementId })
    .select('what', 'item', 'since');
  if (before.length === 0 && drifts.length === 0) return;
  await trx('drifts').where({ placement_id: placementId }).delete();
  for (const { what, item, detail } of drifts) {
    const known = before.find((one) => one.what === what && one.item === item);
    const since = Math.min(Number(known?.since ?? at), at);
    await trx('drifts').insert({
      placement_id: placementId,
      what,
      item,
      since,
      detail: JSON.stringify(detail),
    });
  }
}
