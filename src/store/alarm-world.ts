import type { Alarm, Place, Subject, Trouble } from '../model/alarm.ts';
import { type AlarmRules, type AlarmWorld, confirmMs, type Standing } from '../model/alarm-decision.ts';
import { isBad } from '../model/flip.ts';
import { stateOfHost } from '../model/look.ts';
import type { LiveState } from '../model/process.ts';
import { disksOf } from './alarm-disks.ts';
import { flipsOf } from './alarm-flips.ts';
import { open } from './alarms.ts';
import { readClock } from './clock.ts';
import type { Db } from './database.ts';
import { inParts } from './in-parts.ts';
import { measure } from './silence.ts';

/** Everything that a decision goes by, as it is recorded. A pass's own: it notes since when it is quiet. */
export async function alarmWorld(db: Db, rules: AlarmRules): Promise<AlarmWorld> {
  const at = await readClock(db);
  const alarms = await open(db);
  const services = await servicesOf(db, alarms);
  const machines = await machinesOf(db, alarms);
  const facts = { staleMs: rules.factsMs, looks: rules.retries + 1 };
  const disks = await disksOf(db, alarms, facts, (ids) => placesOn(db, ids));
  const all = [...services, ...machines, ...disks];
  const troubles = all.filter(({ bad }) => bad);
  const flips = await flipsOf(db, alarms, at - rules.flapMs);
  const standings = all.map(({ key, state, bad, busy }): [string, Standing] => [
    key,
    { state, bad, busy, flips: flips.get(key) ?? 0 },
  ]);
  const silence = await measure(db, at, rules.silentMs - confirmMs(rules));
  return { at, troubles, open: alarms, standings: new Map(standings), ...silence };
}

type Seen = Trouble & { bad: boolean; busy: boolean };

/** Placements that are bad, and those that an open alarm is about. */
async function servicesOf(db: Db, alarms: readonly Alarm[]): Promise<Seen[]> {
  const asked = alarms.flatMap(({ kind, key }) => (kind === 'service' ? [key.slice('service:'.length)] : []));
  const bad: string[] = await db('placement_states').where('bad_looks', '>', 0).pluck('placement_id');
  const found: Seen[] = [];
  for (const ids of inParts([...new Set([...bad, ...asked])])) found.push(...(await servicesAmong(db, ids)));
  return found;
}

async function servicesAmong(db: Db, ids: readonly string[]): Promise<Seen[]> {
  const rows = await placed(db)
    .join('placement_states as s', 's.placement_id', 'l.id')
    .whereIn('l.id', [...ids])
    .select('s.*', 'l.id as placement_id', ...placeColumns, 'h.id as host_id', 'h.name as host_name')
    .select(db.raw('(?) as busy', [atWork(db)]));
  return rows.map((row: Record<string, unknown>) => ({
    ...subject('service', row.placement_id as string, row, [placeOf(row)]),
    ...lookOf(row, row.state as LiveState),
    services: 1,
    busy: Number(row.busy) > 0,
  }));
}

/** Machines that are bad, and those that an open alarm is about, once for each kind of trouble. */
async function machinesOf(db: Db, alarms: readonly Alarm[]): Promise<Seen[]> {
  const asked = alarms.flatMap(({ kind, hostId }) =>
    (kind === 'host' || kind === 'supervisor') && hostId !== null ? [hostId] : [],
  );
  const rows = await db('host_states as s')
    .join('hosts as h', 'h.id', 's.host_id')
    .where((either) => either.where('s.bad_looks', '>', 0).orWhereIn('s.host_id', asked))
    .select('s.*', 'h.name as host_name');
  const ids = rows.map((row) => row.host_id as string);
  const places = await placesOn(db, ids);
  return rows.flatMap((row) => {
    const state = stateOfHost(row);
    const here = places.get(row.host_id) ?? [];
    return (['host', 'supervisor'] as const).map((kind) => {
      const mine = kind === 'host' ? 'unreachable' : 'no-supervisor';
      // a supervisord is not well because its machine is away: nobody knows
      const shown = kind === 'supervisor' && state === 'unreachable' ? 'unknown' : state;
      const look = { ...lookOf(row, shown), bad: state === mine };
      return { ...subject(kind, row.host_id, row, here), ...look, services: here.length, busy: false };
    });
  });
}

async function placesOn(db: Db, hostIds: readonly string[]): Promise<Map<string, Place[]>> {
  const found = new Map<string, Place[]>();
  for (const ids of inParts(hostIds)) {
    const rows = await placed(db)
      .whereIn('l.host_id', ids)
      .select(...placeColumns, 'l.host_id');
    for (const row of rows) {
      const here = found.get(row.host_id) ?? [];
      here.push(placeOf(row));
      found.set(row.host_id, here);
    }
  }
  return found;
}

const placeColumns = [
  ...['p.id as project_id', 'p.project_key', 'p.group_id', 'p.environment', 'e.production'],
] as const;

function placed(db: Db) {
  return db('placements as l')
    .join('projects as p', 'p.id', 'l.project_id')
    .join('environments as e', 'e.name', 'p.environment')
    .join('hosts as h', 'h.id', 'l.host_id');
}

/** Counts operations that are changing the placement now. */
function atWork(db: Db) {
  return db('locks as k')
    .join('operation_hosts as w', 'w.operation_id', 'k.operation_id')
    .whereRaw('k.project_id = l.project_id AND w.host_id = l.host_id')
    .where('w.state', 'active')
    .count();
}

function placeOf(row: Record<string, unknown>): Place {
  return {
    projectId: row.project_id as string,
    projectKey: row.project_key as string,
    groupId: row.group_id as string,
    environment: row.environment as string,
    production: Boolean(row.production),
  };
}

function subject(
  kind: 'service' | 'host' | 'supervisor',
  id: string,
  row: Record<string, unknown>,
  places: Place[],
): Subject {
  const hostId = row.host_id as string;
  return { key: `${kind}:${id}`, kind, hostId, hostName: row.host_name as string, places };
}

function lookOf(row: Record<string, unknown>, state: LiveState) {
  return {
    state,
    message: row.message as string | null,
    badSince: Number(row.bad_since ?? row.since ?? 0),
    looks: Number(row.bad_looks),
    bad: isBad(state),
  };
}
