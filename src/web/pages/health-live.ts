import type { Express } from 'express';
import { CedarError } from '../../errors.ts';
import { may, type Subject } from '../../model/permission.ts';
import type { Person } from '../../model/person.ts';
import * as users from '../../store/users.ts';
import { alarmOf, alarmSubject } from '../alarms/subject.ts';
import { isFromOurPages } from '../csrf.ts';
import { seesHost } from '../health/of-host.ts';
import { type Concern, concerns } from '../live/concern.ts';
import { fleetOf } from '../live/hub-of.ts';
import { stillIn } from '../live/still-in.ts';
import type { Page } from '../page.ts';
import { get } from '../route.ts';
import { hostOf } from '../setup/host-of.ts';
import { projectOf, seesProject, subjectOf } from '../subjects.ts';

export const routes = [
  get('/health/events', 'signed-in', (page) => open(page, { of: 'fleet', groupIds: page.groupIds })),
  get('/alarms/events', 'signed-in', (page) => open(page, { of: 'alarms', groupIds: page.groupIds })),
  get('/alarms/:alarm/events', { permission: 'project.see', of: alarmSubject }, ofAlarm),
  get('/projects/:project/health/events', seesProject, ofProject),
  get('/hosts/:host/health/events', seesHost, ofHost),
];

async function ofProject(page: Page): Promise<void> {
  const project = (await projectOf(page)) ?? page.notFound();
  const subject = await subjectOf(page, project);
  await open(page, { of: 'project', id: project.id }, subject);
}

async function ofHost(page: Page): Promise<void> {
  const { id } = await hostOf(page);
  await open(page, { of: 'host', id }, await seesHost.of(page));
}

async function ofAlarm(page: Page): Promise<void> {
  const { id, hostId } = await alarmOf(page);
  await open(page, { of: 'alarm', id, hostId }, await alarmSubject(page));
}

/**
 * Server-sent events: `here` once, `news` whenever something that concerns the page changed, `again`. Goes on behind
 * Last-Event-ID. Ends when the person may see other things than at its beginning. Pages of other sites get none (S22).
 */
async function open(page: Page, concern: Concern, subject: Subject | null = null): Promise<void> {
  if (!isFromOurPages(page.req, page.settings.baseUrl)) throw new CedarError('csrf', {}, 403);
  const last = page.req.get('Last-Event-ID') ?? page.query('after') ?? '';
  const rights = rightsOf(page.who);
  const opened = fleetOf(page.req.app as Express, page.db).open({
    res: page.res,
    personId: page.who.id,
    after: /^\d{1,15}$/.test(last) ? Number(last) : null,
    concerns: concerns(concern),
    mayStill: async () => {
      const person = await users.person(page.db, page.who.id);
      if (person === null || rightsOf(person) !== rights) return false;
      return (
        (subject === null || may(person, 'project.see', subject)) && (await stillIn(page.req, page.settings))
      );
    },
  });
  if (!opened) throw new CedarError('too_many_streams', {}, 429);
}

/** What somebody may see, to be compared. */
function rightsOf({ role, grants }: Person): string {
  return JSON.stringify([role, grants.map(({ groupId }) => groupId).sort()]);
}
