import type { Alarm, Place, Subject, Trouble } from '../model/alarm.ts';
import { type AlarmRules, type AlarmWorld, confirmMs, type Standing } from '../model/alarm-decision.ts';
import { isBad } from '../model/flip.ts';
import { stateOfHost } from '../model/look.ts';
import type { LiveState } from '../model/process.ts';
import { disksOf } from './alarm-disks.ts';
import { type Flaps, flapping } from './alarm-flaps.ts';
import { atWork, placeColumns, placed, placeOf, placesOn } from './alarm-places.ts';
import { open } from './alarms.ts';
import { readClock } from './clock.ts';
import type { Db } from './database.ts';
import { inParts } from './in-parts.ts';
import { measure } from './silence.ts';

/** Everything that a decision goes by, as it is recorded. A pass's own: it notes since when it is quiet. */
export async function alarmWorld(db: Db, rules: AlarmRules): Promise<AlarmWorld> {
  const at = await readClock(db);
  const alarms = await open(db);
  const flaps = await flapping(db, at - rules.flapMs, rules.flapFlips);
  const services = await servicesOf(db, alarms, flaps);
  const machines = await machinesOf(db, alarms);
  const facts = { staleMs: rules.factsMs, looks: rules.retries + 1 };
  const disks = await disksOf(db, alarms, facts);
  const all = [...services, ...machines, ...disks];
  const troubles = all.filter(({ bad }) => bad);
  const standings = all.map(({ key, state, bad, busy }): [string, Standing] => [
    key,
    { state, bad, busy, flips: flaps.get(key)?.number ?? 0 },
  ]);
  const silence = await measure(db, at, rules.silentMs - confirmMs(rules));
  return { at, troubles, open: alarms, standings: new Map(standings), ...silence };
}

type Seen = Trouble & { bad: boolean; busy: boolean };

type AllFlaps = ReadonlyMap<string, Flaps>;

/** Placements that are bad or flap, and those that an open alarm is about. */
async function servicesOf(db: Db, alarms: readonly Alarm[], flaps: AllFlaps): Promise<Seen[]> {
  const keys = [...alarms.map(({ key }) => key), ...flaps.keys()];
  const asked = keys.flatMap((key) => (key.startsWith('service:') ? [key.slice('service:'.length)] : []));
  const bad: string[] = await db('placement_states').where('bad_looks', '>', 0).pluck('placement_id');
  const found: Seen[] = [];
  for (const ids of inParts([...new Set([...bad, ...asked])]))
    found.push(...(await servicesAmong(db, ids, flaps)));
  return found;
}

async function servicesAmong(db: Db, ids: readonly string[], flaps: AllFlaps): Promise<Seen[]> {
  const rows = await placed(db)
    .join('placement_states as s', 's.placement_id', 'l.id')
    .whereIn('l.id', [...ids])
    .select('s.*', 'l.id as placement_id', ...placeColumns, 'h.id as host_id', 'h.name as host_name')
    .select(db.raw('(?) as busy', [atWork(db)]));
  return rows.map((row: Record<string, unknown>) => ({
    ...subject('service', row.placement_id as string, row, [placeOf(row)]),
    ...lookOf(row, row.state as LiveState),
    ...flapOf(row, flaps.get(`service:${row.placement_id}`)),
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
    flapping: false,
    bad: isBad(state),
  };
}

/** What is up at the look and down between two is no less bad, however many looks found it so. */
function flapOf(row: Record<string, unknown>, flaps: Flaps | undefined) {
  if (!flaps) return {};
  if (Number(row.bad_looks) > 0 || row.state === 'stopped') return { flapping: true };
  const { number, first } = flaps;
  return { flapping: true, bad: true, looks: number, badSince: first, message: 'flapping' };
}
