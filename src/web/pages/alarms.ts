import { z } from 'zod';
import { tellPrograms } from '../../alarms/tell.ts';
import type { Alarm } from '../../model/alarm.ts';
import { believedMs } from '../../model/belief.ts';
import { tellingsOf } from '../../store/alarm-tellings.ts';
import * as alarms from '../../store/alarms.ts';
import * as audit from '../../store/audit.ts';
import { readClock } from '../../store/clock.ts';
import { flipsOf } from '../../store/flips.ts';
import * as operations from '../../store/operations.ts';
import { placementStates } from '../../store/states.ts';
import { writing } from '../../store/transaction.ts';
import { alarmOf, alarmSubject } from '../alarms/subject.ts';
import { alarmRows } from '../alarms/view.ts';
import { wayBack } from '../alarms/way-back.ts';
import { lineOrNone } from '../form.ts';
import { alarmChart } from '../health/alarm-chart.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';

export const routes = [
  get('/alarms', 'signed-in', list),
  get('/alarms/now', 'signed-in', now),
  get('/alarms/:alarm', { permission: 'project.see', of: alarmSubject }, show),
  get('/alarms/:alarm/now', { permission: 'project.see', of: alarmSubject }, showNow),
  post('/alarms/:alarm/acknowledge', { permission: 'project.deploy', of: alarmSubject }, acknowledge, show),
];

const WEEK = 7 * 86_400_000;
const HOUR = 3_600_000;
const AT_ONCE = 300;
const form = z.object({ note: lineOrNone(500) });

async function list(page: Page): Promise<void> {
  const after = await readClock(page.db);
  await page.render('alarms/list', { ...(await model(page)), after, charts: [await alarmChart(page)] });
}

/** What moves, alone: the page fetches it again every few seconds. */
async function now(page: Page): Promise<void> {
  await page.render('alarms/now', await model(page));
}

async function model(page: Page) {
  const open = await alarmRows(page, await alarms.open(page.db));
  const ended = await alarmRows(page, await alarms.endedSince(page.db, Date.now() - WEEK, 1000));
  return {
    ...{ open: open.slice(0, AT_ONCE), number: open.length, more: open.length > AT_ONCE },
    ...{ ended: ended.reverse().slice(0, 100), dot: open.length > 0 ? ('failed' as const) : null },
  };
}

async function show(page: Page): Promise<void> {
  const after = await readClock(page.db);
  const alarm = await alarmOf(page);
  const fields = page.fields({ note: '' });
  const problems = page.problems(fields);
  await page.render('alarms/show', {
    ...(await standing(page, alarm)),
    fields,
    problems,
    after,
    live: !page.again,
  });
}

/** What moves, alone. */
async function showNow(page: Page): Promise<void> {
  const fields = page.fields({ note: '' });
  await page.render('alarms/standing', { ...(await standing(page, await alarmOf(page))), fields });
}

async function standing(page: Page, alarm: Alarm) {
  const [row] = await alarmRows(page, [alarm]);
  return {
    alarm: row,
    told: page.may('admin') ? await tellingsOf(page.db, alarm.id) : [],
    flips: await changesOf(page, alarm),
    suspect: await suspectOf(page, alarm),
    processes: await processesOf(page, alarm),
    mayAcknowledge: alarm.endedAt === null && alarm.acknowledgedAt === null && (await may(page, alarm)),
  };
}

/** The changes from shortly before it began until it was over. */
async function changesOf(page: Page, { key, kind, hostId, badSince, endedAt }: Alarm) {
  if (hostId === null) return [];
  const of = kind === 'service' ? { placementId: key.slice('service:'.length) } : { hostId };
  const flips = await flipsOf(page.db, { ...of, from: badSince - HOUR, limit: 200 });
  return flips.filter(({ at }) => endedAt === null || at <= endedAt).reverse();
}

/** Of a service, its processes as they are now; of anything else none. */
async function processesOf(page: Page, { key, kind, places: [place] }: Alarm) {
  if (kind !== 'service' || !place || !page.may('project.see', place)) return [];
  const placementId = key.slice('service:'.length);
  const states = await placementStates(page.db, [placementId], believedMs(page.settings.sweepSeconds));
  const { processes } = states.get(placementId) ?? { processes: [] };
  return processes.map((one) => ({ ...one, placementId, projectKey: place.projectKey }));
}

/** The operation before it, with how long before; null where there is none. */
async function suspectOf(page: Page, { suspect, badSince, hostId, places: [place] }: Alarm) {
  const operation = suspect && (await operations.byId(page.db, suspect.operationId));
  if (!suspect || !operation) return null;
  const seconds = Math.max(0, Math.round((badSince - suspect.endedAt) / 1000));
  const may = place && page.may('project.deploy', place);
  const back = may && hostId ? await wayBack(page, operation, hostId) : null;
  return { operation, kind: page.t(`kind.${operation.kind}`), seconds, back };
}

async function acknowledge(page: Page): Promise<void> {
  const { note } = page.form(form);
  const alarm = await alarmOf(page);
  await writing(page.db, async (trx) => {
    if (!(await alarms.acknowledge(trx, alarm.id, page.who.displayName, note))) return;
    const after = await alarms.byId(trx, alarm.id);
    if (after) await tellPrograms(trx, 'alarm.acknowledged', [after]);
    const taken = { acknowledgedBy: after?.acknowledgedBy ?? null, note };
    const before = { acknowledgedBy: null, note: null };
    const entry = { action: 'alarm.acknowledge', object: `alarm:${alarm.id}`, before, after: taken };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect(`/alarms/${alarm.id}`, { key: 'alarms.acknowledged' });
}

/** Whoever may deploy one of the services concerned may say that they take care. */
async function may(page: Page, { places }: Alarm): Promise<boolean> {
  return places.some(({ groupId, production }) => page.may('project.deploy', { groupId, production }));
}
