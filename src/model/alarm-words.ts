import type { Alarm } from './alarm.ts';
import type { Culprit } from './alarm-culprit.ts';
import type { Before, Telling } from './alarm-telling.ts';
import type { ChangeEvent, Said, Told, ToldLine } from './notice.ts';
import { seenCode } from './seen-code.ts';

/** Lines of one kind that a message has at most; the rest is counted. */
const MOST_LINES = 15;

/**
 * What people are told: what is new, what goes on, what is well again, and after which operations.
 * @param culprits the operations that the new ones suspect, by alarm
 */
export function toldOfAlarms(
  { fresh, still, ended, again }: Omit<Telling, 'settled'>,
  culprits: ReadonlyMap<string, Culprit>,
): Told {
  const all = [...fresh, ...still, ...ended];
  const [only] = all;
  return {
    title:
      only && all.length === 1
        ? heading(only, again.get(only.id))
        : {
            key: 'notice.alarm.many',
            detail: { fresh: fresh.length, still: still.length, ended: ended.length },
          },
    lines: [
      ...lines('fresh', fresh, again),
      ...lines('still', still),
      ...lines('ended', ended),
      ...fresh.flatMap((alarm) => suspicion(alarm, culprits.get(alarm.id))).slice(0, MOST_LINES),
    ],
    path: only && all.length === 1 ? `/alarms/${only.id}` : '/alarms',
    urgent: fresh.some(({ kind }) => kind !== 'disk'),
  };
}

/** Of one alone. */
function heading(alarm: Alarm, before: Before | undefined): Said {
  if (alarm.endedAt !== null) return { key: 'notice.alarm.one_ended', detail: named(alarm) };
  if (!before) return { key: 'notice.alarm.one', detail: named(alarm) };
  return { key: 'notice.alarm.one_again', detail: { ...named(alarm), times: before.times } };
}

type What = 'fresh' | 'still' | 'ended';

function lines(what: What, alarms: readonly Alarm[], again?: Telling['again']): Said[] {
  const said = alarms.slice(0, MOST_LINES).map((alarm) => line(what, alarm, again?.get(alarm.id)));
  const more = alarms.length - said.length;
  return more > 0 ? [...said, { key: `notice.alarm.more_${what}`, detail: { number: more } }] : said;
}

function line(what: What, alarm: Alarm, before: Before | undefined): Said {
  const at = what === 'ended' ? (alarm.endedAt ?? alarm.openedAt) : alarm.badSince;
  const detail = { ...named(alarm), at: { at } };
  if (!before) return { key: `notice.alarm.line_${what}`, detail };
  return {
    key: 'notice.alarm.line_again',
    detail: { ...detail, times: before.times, told: { at: before.at } },
  };
}

function whyOf(message: string): Said {
  const { code, detail } = seenCode(message);
  return { key: `seen.${code}`, or: 'notice.alarm.message', detail: { message, ...detail } };
}

function named(alarm: Alarm) {
  const what: Said = {
    key: `notice.alarm.of_${alarm.kind}`,
    detail: {
      project: alarm.places[0]?.projectKey ?? '',
      host: alarm.hostName ?? '',
      services: alarm.services,
    },
  };
  const why: Said | string =
    alarm.message === null ? { key: `notice.alarm.state.${alarm.state}` } : whyOf(alarm.message);
  const flapping: Said | string = alarm.flapping ? { key: 'notice.alarm.flapping' } : '';
  return { what, why, flapping };
}

/** "87 s after Deploy of online_shop on web1 by Ada: roll back?", leading to where that can be done. */
function suspicion(alarm: Alarm, culprit: Culprit | undefined): ToldLine[] {
  const { id, places, hostName, suspect, badSince } = alarm;
  const [place] = places;
  if (!culprit || !suspect || !place) return [];
  const detail = {
    seconds: Math.max(0, Math.round((badSince - suspect.endedAt) / 1000)),
    ...{ kind: { key: `kind.${culprit.kind}` }, by: culprit.by },
    ...{ project: place.projectKey, host: hostName ?? '' },
  };
  return culprit.back
    ? [{ key: 'notice.alarm.after_back', detail, path: `/alarms/${id}` }]
    : [{ key: 'notice.alarm.after', detail, path: `/operations/${suspect.operationId}` }];
}

/** What programs are told of an alarm. Times are ISO 8601 in UTC. */
export function alarmEvent(type: string, alarm: Alarm, at: number): ChangeEvent {
  const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  return {
    type,
    timestamp: new Date(at).toISOString(),
    data: {
      ...{ alarm: alarm.id, kind: alarm.kind, state: alarm.state, message: alarm.message },
      ...{ host: alarm.hostName, projects: alarm.places.map(({ projectKey }) => projectKey) },
      ...{ bad_since: time(alarm.badSince), opened_at: time(alarm.openedAt), ended_at: time(alarm.endedAt) },
      ...{ ending: alarm.ending, flapping: alarm.flapping, acknowledged_by: alarm.acknowledgedBy },
      operation: alarm.suspect?.operationId ?? null,
    },
    path: `/alarms/${alarm.id}`,
  };
}
