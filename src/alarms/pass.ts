import { endings } from '../model/alarm.ts';
import { type AlarmRules, alarmRules, decide } from '../model/alarm-decision.ts';
import { type TellingRules, tellingRules } from '../model/alarm-telling.ts';
import { changeAll } from '../store/alarm-changes.ts';
import { suspectsOf } from '../store/alarm-suspects.ts';
import * as tellings from '../store/alarm-tellings.ts';
import { alarmWorld } from '../store/alarm-world.ts';
import * as alarms from '../store/alarms.ts';
import type { Db } from '../store/database.ts';
import { receivers } from '../store/receivers.ts';
import { writing } from '../store/transaction.ts';
import { tellPeople, tellPrograms } from './tell.ts';

/** `suspectMs`: so long after an operation's end a service's trouble may be its doing. */
export type PassRules = AlarmRules & TellingRules & { suspectMs: number };

export const passRules: PassRules = { ...alarmRules, ...tellingRules, suspectMs: 900_000 };

/** What one pass did. */
export type Passed = { opened: number; ended: number; messages: number; open: number };

/**
 * One pass: decides what is an alarm from what is recorded, and writes what is to be told into the outbox, all in
 * one transaction. Any number may run at the same time: they wait for each other, and the second finds nothing new.
 */
export async function alarmPass(db: Db, rules: PassRules = passRules): Promise<Passed> {
  return writing(db, async (trx) => {
    const number = await tellings.begin(trx);
    const world = await alarmWorld(trx, rules);
    const decision = decide(world, rules);
    const suspects = await suspectsOf(trx, decision.opened, rules.suspectMs);
    await told(trx, 'alarm.opened', await alarms.addAll(trx, decision.opened, suspects));
    await changeAll(trx, decision.changed, world.open);
    for (const why of endings) {
      const ids = decision.ended.flatMap((one) => (one.why === why ? [one.id] : []));
      await alarms.endAll(trx, ids, why);
      await told(trx, 'alarm.ended', ids);
    }
    const [opened, ended] = [decision.opened.length, decision.ended.length];
    const messages = await tellPeople(trx, number, rules);
    return { opened, ended, messages, open: world.open.length + opened - ended };
  });
}

/** Nothing is read where no program listens. */
async function told(trx: Db, type: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0 || (await receivers(trx)).length === 0) return;
  await tellPrograms(trx, type, await alarms.byIds(trx, ids));
}
