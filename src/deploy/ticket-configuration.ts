import { type ConfigurationChanges, configurationChanges } from '../model/configuration-changes.ts';
import type { TicketPart } from '../model/ticket.ts';
import type { Db } from '../store/database.ts';
import { changedLast } from '../store/last-change.ts';
import { snapshotOf } from '../store/snapshot.ts';
import { hostsOf } from './ticket-plan.ts';

/** What of the configuration a part would bring now, against what was deployed last. */
export async function configurationOf(db: Db, part: TicketPart): Promise<ConfigurationChanges> {
  const now = await snapshotOf(db, part.projectId, await hostsOf(db, part));
  const last = await changedLast(db, part.projectId);
  return configurationChanges(last?.snapshot ?? null, now);
}
