import type { Alarm } from '../../model/alarm.ts';
import type { Subject } from '../../model/permission.ts';
import * as alarms from '../../store/alarms.ts';
import type { Page } from '../page.ts';
import { maySee } from './view.ts';

/** The alarm of the path; 404 where the person may not know of it. */
export async function alarmOf(page: Page): Promise<Alarm> {
  const alarm = await alarms.byId(page.db, page.param('alarm'));
  return alarm && maySee(page, alarm) ? alarm : page.notFound();
}

/** For guards: the place of it that the person may do most with. */
export async function alarmSubject(page: Page): Promise<Subject | null> {
  const alarm = await alarms.byId(page.db, page.param('alarm'));
  if (!alarm || !maySee(page, alarm)) return null;
  const mine = alarm.places.find((place) => page.may('project.deploy', place)) ?? alarm.places[0];
  return mine ?? { groupId: page.groupIds?.[0] ?? '', production: true };
}
