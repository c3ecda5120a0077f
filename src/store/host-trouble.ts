import type { LiveState } from '../model/process.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';

/** As much of a machine as its place in a list needs. 2: something fails · 1: something is not known · 0: all well. */
export type HostTrouble = { id: string; name: string; address: string; trouble: 0 | 1 | 2 };

const bad: readonly LiveState[] = ['failed', 'unreachable', 'no-supervisor'];

/** All machines, those with trouble first, then by name. One last seen too long ago is not known. */
export async function hostsByTrouble(db: Db, staleMs: number): Promise<HostTrouble[]> {
  const hosts = await db('hosts').orderBy('name').select('id', 'name', 'address');
  const failing = await withState(db, bad);
  const unclear = await withState(db, ['unknown']);
  const looks = await db('host_states').select(
    'host_id',
    'reachable',
    db.raw('abs(? - checked_at) as age', [now(db)]),
  );
  const seen = new Map(looks.map((row) => [row.host_id, row]));
  const troubleOf = (id: string) => {
    const look = seen.get(id);
    if (!look || Number(look.age) > staleMs) return 1;
    if (look.reachable === 'no' || failing.has(id)) return 2;
    return look.reachable === 'unknown' || unclear.has(id) ? 1 : 0;
  };
  return hosts
    .map(({ id, name, address }): HostTrouble => ({ id, name, address, trouble: troubleOf(id) }))
    .sort((one, other) => other.trouble - one.trouble);
}

/** Machines with a service in one of these states, by the index of states. */
async function withState(db: Db, states: readonly LiveState[]): Promise<Set<string>> {
  const ids: string[] = await db('placement_states as s')
    .join('placements as p', 'p.id', 's.placement_id')
    .whereIn('s.state', [...states])
    .distinct('p.host_id')
    .pluck('p.host_id');
  return new Set(ids);
}
