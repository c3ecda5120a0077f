import type { Alarm } from '../model/alarm.ts';
import type { AlarmDecision } from '../model/alarm-decision.ts';
import { looks } from './alarms.ts';
import type { Db } from './database.ts';
import { inParts } from './in-parts.ts';

/** Notes how open alarms look now: those that change in the same way by one statement. */
export async function changeAll(
  trx: Db,
  changes: AlarmDecision['changed'],
  open: readonly Alarm[],
): Promise<void> {
  const known = new Map(open.map((alarm) => [alarm.id, alarm]));
  const alike = new Map<string, string[]>();
  for (const { id, trouble, flapping } of changes) {
    const { places, ...look } = trouble ? looks(trouble) : {};
    const moved = places !== undefined && places !== JSON.stringify(known.get(id)?.places);
    const text = JSON.stringify({ flapping, ...look, ...(moved ? { places } : {}) });
    alike.set(text, [...(alike.get(text) ?? []), id]);
  }
  for (const [text, ids] of alike)
    for (const part of inParts(ids)) await trx('alarms').whereIn('id', part).update(JSON.parse(text));
}
