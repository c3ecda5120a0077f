import type { Alarm } from '../model/alarm.ts';
import { type TellingRules, telling } from '../model/alarm-telling.ts';
import { alarmEvent, toldOfAlarms } from '../model/alarm-words.ts';
import { muteOf } from '../model/mute.ts';
import { culpritsOf } from '../store/alarm-culprits.ts';
import { toldBefore } from '../store/alarm-recurrences.ts';
import * as tellings from '../store/alarm-tellings.ts';
import { readClock } from '../store/clock.ts';
import type { Db } from '../store/database.ts';
import * as mutes from '../store/mutes.ts';
import { hearing } from '../store/news-routes.ts';
import { put, putAll } from '../store/outbox.ts';
import { receivers } from '../store/receivers.ts';

/** Writes one message for each channel that has something to hear of. Gives how many. */
export async function tellPeople(trx: Db, number: number, rules: TellingRules): Promise<number> {
  const at = await readClock(trx);
  const all = await tellings.tellable(trx);
  if (all.length === 0) return 0;
  const known = await tellings.known(trx);
  const last = await tellings.lastTold(trx);
  const heard = await byChannel(trx, all, known, at);
  const before = await toldBefore(trx, untoldIn(heard, known), at - 2 * rules.repeatMs);
  let messages = 0;
  for (const [channelId, alarms] of heard) {
    const of = known.get(channelId);
    const earlier = before.get(channelId);
    const list = alarms.map(({ alarm, muted }) => ({
      ...{ alarm, muted, told: of?.get(alarm.id) ?? null, before: earlier?.get(alarm.key) ?? null },
    }));
    const told = telling(list, last.get(channelId) ?? null, at, rules);
    if (!told) continue;
    const notice = { channelId, topic: 'alarm', dedupeKey: `alarm:${number}`, operationId: null };
    const culprits = await culpritsOf(trx, told.fresh);
    await put(trx, { ...notice, body: { told: toldOfAlarms(told, culprits) } });
    await tellings.note(trx, channelId, { open: [...told.fresh, ...told.still], ended: told.settled });
    messages += 1;
  }
  return messages;
}

type Known = ReadonlyMap<string, ReadonlyMap<string, unknown>>;
type Heard = Map<string, { alarm: Alarm; muted: boolean }[]>;

/** What open alarms are about that some channel was not told of. */
function untoldIn(heard: Heard, known: Known): Set<string> {
  const keys = new Set<string>();
  for (const [channelId, alarms] of heard)
    for (const { alarm } of alarms)
      if (alarm.endedAt === null && !known.get(channelId)?.has(alarm.id)) keys.add(alarm.key);
  return keys;
}

/** Who hears of which alarm: by the routes now, and who was told of it before hears of its end. */
async function byChannel(trx: Db, alarms: readonly Alarm[], known: Known, at: number): Promise<Heard> {
  const hears = await hearing(trx, 'alarm');
  const muted = await mutes.current(trx);
  const found: Heard = new Map();
  for (const alarm of alarms) {
    const before = [...known].flatMap(([channelId, of]) => (of.has(alarm.id) ? [channelId] : []));
    const entry = { alarm, muted: muteOf(alarm, muted, at) !== null };
    for (const channelId of new Set([...(alarm.endedAt === null ? hears(alarm.places) : []), ...before])) {
      const heard = found.get(channelId) ?? [];
      heard.push(entry);
      found.set(channelId, heard);
    }
  }
  return found;
}

/** Tells every receiver of changes that hears of a group concerned. */
export async function tellPrograms(trx: Db, type: string, alarms: readonly Alarm[]): Promise<void> {
  const at = await readClock(trx);
  const all = await receivers(trx);
  const letters = alarms.flatMap((alarm) => {
    const groups = new Set(alarm.places.map(({ groupId }) => groupId));
    const body = { event: alarmEvent(type, alarm, at) };
    const of = { topic: 'change', dedupeKey: `${type}:${alarm.id}`, body, operationId: null };
    return all
      .filter(({ groupId }) => groupId === null || groups.has(groupId))
      .map(({ id }) => ({ channelId: id, ...of }));
  });
  await putAll(trx, letters);
}
