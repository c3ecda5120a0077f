import type { Alarm, Ending, Trouble } from './alarm.ts';
import type { LiveState } from './process.ts';

/** How a thing stands that an open alarm is about; null: it is not there any more. */
export type Standing = {
  state: LiveState;
  /** True where it is bad, whether or not that counts yet. */
  bad: boolean;
  /** Changes within the time of `AlarmRules.flapMs`. */
  flips: number;
  /** An operation is changing it: it is judged afterwards. */
  busy: boolean;
} | null;

export type AlarmRules = {
  /** Further looks that must find a thing bad before it counts. */
  retries: number;
  /** So many changes within `flapMs` are flapping; while something flaps it is not called well. */
  flapFlips: number;
  flapMs: number;
  /** Where nothing was recorded for so long, nobody looks. */
  silentMs: number;
  /** Facts of a machine, its disks among them, are believed so long. */
  factsMs: number;
};

export const alarmRules: AlarmRules = {
  ...{ retries: 1, flapFlips: 5, flapMs: 600_000, silentMs: 300_000, factsMs: 900_000 },
};

/** All that a decision goes by. */
export type AlarmWorld = {
  /** Epoch ms by the database's clock. */
  at: number;
  /** Everything bad; what depends on another trouble among it too. */
  troubles: (Trouble & { busy: boolean })[];
  open: Alarm[];
  /** How the subjects of open alarms stand, by key. */
  standings: Map<string, Standing>;
  /** Milliseconds since a sweep looked at any machine; null: there is nothing to look at. */
  quietMs: number | null;
  /** For how long passes have found it quiet: a single one may have met a clock that was just set. */
  doubtMs: number;
};

export type AlarmDecision = {
  opened: Trouble[];
  /** Open alarms that look different now. */
  changed: { id: string; trouble: Trouble | null; flapping: boolean }[];
  ended: { id: string; why: Ending }[];
};

/**
 * Decides what is an alarm. Pure: it goes by what is recorded alone. While nobody looks, that is the one alarm, and
 * nothing else is opened or ended; what is down with its machine is part of the machine's alarm.
 */
export function decide(world: AlarmWorld, rules: AlarmRules = alarmRules): AlarmDecision {
  const silent = isSilent(world, rules);
  const counted = silent ? [] : world.troubles.filter((one) => !one.busy && one.looks > rules.retries);
  const away = new Set(counted.filter(({ kind }) => kind !== 'service').map(({ key }) => key));
  const roots = counted.filter((one) => !dependsOn(one, away));
  const known = new Set(world.open.map(({ key }) => key));
  const opened: Trouble[] = roots.filter(({ key }) => !known.has(key));
  if (silent && !known.has('sweep')) opened.push(silence(world.at, world.quietMs ?? 0));
  const decision: AlarmDecision = { opened, changed: [], ended: [] };
  const troubles = new Map(world.troubles.map((one) => [one.key, one]));
  for (const alarm of world.open)
    judge(alarm, { ...world, silent, trouble: troubles.get(alarm.key) ?? null }, rules, decision);
  return decision;
}

/** How long passes must find it quiet before that counts: so that a look can come after the clock was set. */
export function confirmMs({ silentMs }: AlarmRules): number {
  return Math.min(60_000, silentMs / 5);
}

function isSilent({ quietMs, doubtMs }: AlarmWorld, rules: AlarmRules): boolean {
  return quietMs !== null && quietMs > rules.silentMs && doubtMs >= confirmMs(rules);
}

/** A service on a machine that is away, or whose supervisord is, is no trouble of its own; nor is a disk twice. */
function dependsOn({ kind, state, hostId }: Trouble, away: ReadonlySet<string>): boolean {
  if (kind === 'disk') return away.has(`disk-full:${hostId}`);
  if (kind !== 'service') return false;
  if (state === 'unreachable') return away.has(`host:${hostId}`);
  return state === 'no-supervisor' && away.has(`supervisor:${hostId}`);
}

function judge(
  alarm: Alarm,
  { silent, trouble, quietMs, standings }: AlarmWorld & { silent: boolean; trouble: Trouble | null },
  rules: AlarmRules,
  { changed, ended }: AlarmDecision,
): void {
  if (alarm.kind === 'sweep') {
    if (!silent) ended.push({ id: alarm.id, why: quietMs === null ? 'gone' : 'well' });
    return;
  }
  if (silent) return;
  const standing = standings.get(alarm.key) ?? null;
  if (standing === null) {
    ended.push({ id: alarm.id, why: 'gone' });
    return;
  }
  if (standing.busy) return;
  const flapping = standing.flips >= rules.flapFlips;
  const over = !standing.bad && standing.state !== 'unknown' && standing.state !== 'starting';
  if (over && !flapping) ended.push({ id: alarm.id, why: standing.state === 'stopped' ? 'stopped' : 'well' });
  else if (flapping !== alarm.flapping || (trouble && differs(trouble, alarm)))
    changed.push({ id: alarm.id, trouble, flapping });
}

function differs(trouble: Trouble, alarm: Alarm): boolean {
  return (
    trouble.state !== alarm.state || trouble.message !== alarm.message || trouble.services !== alarm.services
  );
}

function silence(at: number, quietMs: number): Trouble {
  return {
    ...{ key: 'sweep', kind: 'sweep', places: [], hostId: null, hostName: null },
    ...{ state: 'unknown', message: null, badSince: at - quietMs, looks: 1, services: 0, flapping: false },
  };
}
