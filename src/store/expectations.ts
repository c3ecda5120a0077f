import type { Expectation } from '../model/drift.ts';
import type { Db } from './database.ts';

/** A placement, by what operations know it. */
export type Placed = { projectId: string; hostId: string };

/** They leave nothing of the project behind. */
const removals = ['reduction', 'remove-host'];

/**
 * What operations left on a placement. Null where one is changing it, or was after `since`: then what was found
 * meanwhile says nothing.
 * @param since epoch ms by the database's clock
 */
export async function expectationOf(db: Db, placed: Placed, since: number): Promise<Expectation | null> {
  const newest = await rowsOf(db, placed).first('o.finished_at');
  if (newest && (newest.finished_at === null || Number(newest.finished_at) >= since)) return null;
  return {
    releaseId: await releaseOf(db, placed),
    configurations: await configurationsOf(db, placed),
    judgesProcesses: await judgesProcesses(db, placed),
  };
}

async function releaseOf(db: Db, placed: Placed): Promise<string | null> {
  const row = await rowsOf(db, placed)
    .whereIn('h.state', ['done', 'rolled-back'])
    .where((left) => left.whereNotNull('h.release_after').orWhereIn('o.kind', removals))
    .first('o.kind', 'h.release_after');
  return row && !removals.includes(row.kind) ? row.release_after : null;
}

/** Going back switches the link, and leaves a process alone that was not restarted yet. */
async function judgesProcesses(db: Db, placed: Placed): Promise<boolean> {
  const row = await rowsOf(db, placed)
    .where((either) => either.whereNotNull('h.release_after').orWhere('o.kind', 'restart'))
    .first('h.state');
  return row?.state !== 'rolled-back';
}

/** What the last success wrote; with what later ones wrote or put back, of which it is not known how far they came. */
async function configurationsOf(db: Db, placed: Placed): Promise<string[] | null> {
  const rows = await rowsOf(db, placed)
    .where((left) => left.where('h.facts', 'like', '%"wanted":"%').orWhereIn('o.kind', removals))
    .limit(10)
    .select('o.kind', 'h.state', 'h.facts');
  const known: string[] = [];
  for (const { kind, state, facts } of rows) {
    if (removals.includes(kind)) return null;
    const { wanted, configuration } = JSON.parse(facts ?? '{}');
    if (state === 'done') return [...known, wanted];
    known.push(wanted, configuration ?? 'none');
  }
  return null;
}

/** The operations that changed it, the newest first. */
function rowsOf(db: Db, { projectId, hostId }: Placed) {
  return db('operation_hosts as h')
    .join('operations as o', 'o.id', 'h.operation_id')
    .where({ 'h.host_id': hostId, 'o.project_id': projectId })
    .whereNotIn('h.state', ['waiting', 'untouched'])
    .orderBy('h.operation_id', 'desc');
}
