import type { Db } from './database.ts';

/** How often a thing changed, and when first. */
export type Flaps = { number: number; first: number };

/** States that are a machine's doing, or nobody's: no changes of a service. */
const others = ['unknown', 'unreachable', 'no-supervisor'];

/**
 * Services and machines that changed at least `most` times since `since`, by their alarms' key: a service as its
 * process that changed most. What an operation did is no change of its own.
 */
export async function flapping(db: Db, since: number, most: number): Promise<Map<string, Flaps>> {
  const services = await counted(db, since, most)
    .whereNotNull('placement_id')
    .whereNull('operation_id')
    .whereNotIn('from_state', others)
    .whereNotIn('to_state', others)
    .groupBy('placement_id', 'process_name')
    .select('placement_id as id');
  const machines = await counted(db, since, most)
    .whereNull('placement_id')
    .whereNot({ from_state: 'unknown' })
    .whereNot({ to_state: 'unknown' })
    .groupBy('host_id')
    .select('host_id as id');
  const found = new Map<string, Flaps>();
  for (const row of services) keep(found, `service:${row.id}`, row);
  for (const row of machines)
    for (const kind of ['host', 'supervisor']) keep(found, `${kind}:${row.id}`, row);
  return found;
}

type Row = { id: string; number: number; first: number };

function counted(db: Db, since: number, most: number) {
  return db('flips')
    .where('at', '>=', since)
    .havingRaw('count(*) >= ?', [most])
    .select(db.raw('count(*) as number'), db.raw('min(at) as first'));
}

function keep(found: Map<string, Flaps>, key: string, row: Row): void {
  const number = Math.max(Number(row.number), found.get(key)?.number ?? 0);
  found.set(key, { number, first: Math.min(Number(row.first), found.get(key)?.first ?? Number(row.first)) });
}
