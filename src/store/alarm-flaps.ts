import type { Db } from './database.ts';
import { inParts } from './in-parts.ts';

/** How often a thing changed, and when first. */
export type Flaps = { number: number; first: number };

type Row = { id: string; number: number; first: number };

const up = ['running', 'reachable'];
/** States that are a machine's doing, or nobody's: no changes of a service. */
const others = ['unknown', 'unreachable', 'no-supervisor'];

/**
 * Services and machines that changed at least `most` times since `since`, by their alarms' key: a service as its
 * process that came up and went down most. What an operation did is no change of its own, and one that ended there
 * is a new beginning.
 */
export async function flapping(db: Db, since: number, most: number): Promise<Map<string, Flaps>> {
  const found = new Map<string, Flaps>();
  const services: Row[] = await changes(db, since, most);
  const ends = await lastEnds(db, since, [...new Set(services.map(({ id }) => id))]);
  for (const row of services.filter(({ id }) => !ends.has(id))) keep(found, `service:${row.id}`, row);
  for (const [id, end] of ends)
    for (const row of (await changes(db, end, most).where({ placement_id: id })) as Row[])
      keep(found, `service:${id}`, row);
  for (const row of await machines(db, since, most))
    for (const kind of ['host', 'supervisor']) keep(found, `${kind}:${row.id}`, row);
  return found;
}

/** Of each process apart: two that start at once are not twice as restless. */
function changes(db: Db, since: number, most: number) {
  return counted(db, since, most)
    .whereNotNull('placement_id')
    .whereNull('operation_id')
    .where((either) => either.whereIn('from_state', up).orWhereIn('to_state', up))
    .whereNotIn('from_state', others)
    .whereNotIn('to_state', others)
    .groupBy('placement_id', 'process_name')
    .select('placement_id as id');
}

function machines(db: Db, since: number, most: number): Promise<Row[]> {
  return counted(db, since, most)
    .whereNull('placement_id')
    .whereNot({ from_state: 'unknown' })
    .whereNot({ to_state: 'unknown' })
    .groupBy('host_id')
    .select('host_id as id');
}

function counted(db: Db, since: number, most: number) {
  return db('flips')
    .where('at', '>=', since)
    .havingRaw('count(*) >= ?', [most])
    .select(db.raw('count(*) as number'), db.raw('min(at) as first'));
}

/** When the last operation ended on each of some placements, where one did since `since`. */
async function lastEnds(db: Db, since: number, ids: string[]): Promise<Map<string, number>> {
  const ends = new Map<string, number>();
  for (const some of inParts(ids)) {
    const rows: { id: string; end: number }[] = await db('placements as p')
      .join('operations as o', 'o.project_id', 'p.project_id')
      .join('operation_hosts as w', (on) => on.on('w.operation_id', 'o.id').on('w.host_id', 'p.host_id'))
      .whereIn('p.id', some)
      .where('o.finished_at', '>=', since)
      .groupBy('p.id')
      .select('p.id as id', db.raw('max(o.finished_at) as end'));
    for (const { id, end } of rows) ends.set(id, Number(end));
  }
  return ends;
}

function keep(found: Map<string, Flaps>, key: string, row: Row): void {
  const before = found.get(key);
  const number = Math.max(Number(row.number), before?.number ?? 0);
  found.set(key, { number, first: Math.min(Number(row.first), before?.first ?? Number(row.first)) });
}
