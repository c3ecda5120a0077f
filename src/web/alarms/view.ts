import type { Alarm } from '../../model/alarm.ts';
import { type Mute, muteOf } from '../../model/mute.ts';
import * as mutes from '../../store/mutes.ts';
import type { Page } from '../page.ts';
import { seenWords } from '../seen-words.ts';

/** An alarm as pages show it; `what` and `why` in words, `mute` what keeps it from being told. */
export type AlarmRow = Alarm & { what: string; why: string; mute: string | null };

/** Those that the person may know of: of their groups, of machines with something of theirs, and of the sweep. */
export async function alarmRows(page: Page, alarms: readonly Alarm[]): Promise<AlarmRow[]> {
  const held = await mutes.current(page.db);
  return alarms.filter((alarm) => maySee(page, alarm)).map((alarm) => alarmRow(page, alarm, held));
}

/** True where something of the person's groups is concerned. */
export function maySee({ groupIds }: Page, { kind, places }: Alarm): boolean {
  if (groupIds === undefined || kind === 'sweep') return true;
  return places.some(({ groupId }) => groupIds.includes(groupId));
}

function alarmRow(page: Page, alarm: Alarm, held: readonly Mute[]): AlarmRow {
  const mute = muteOf(alarm, held, Date.now());
  const [place] = alarm.places;
  const what = page.t(`alarms.of.${alarm.kind}`, {
    ...{ project: place?.projectKey ?? '', host: alarm.hostName ?? '', services: alarm.services },
  });
  const why = seenWords(page.t, alarm.message) || page.t(`deploy.live.${alarm.state}`);
  return { ...alarm, what, why, mute: mute && mute.reason };
}
