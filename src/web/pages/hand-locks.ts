import { z } from 'zod';
import type { HandLock } from '../../model/hand-lock.ts';
import type { Project } from '../../model/project.ts';
import type { Scope } from '../../model/window.ts';
import * as audit from '../../store/audit.ts';
import * as handLocks from '../../store/hand-locks.ts';
import { writing } from '../../store/transaction.ts';
import { checkbox, line } from '../form.ts';
import { lockRows, lockRowsOf, mayLift } from '../locks/view.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { refused } from '../setup/refusal.ts';
import { deploysProject, projectOf, seesProject } from '../subjects.ts';
import { scopeChoices, scopeOf } from '../windows/scopes.ts';
import { momentOf, zoneName } from '../zoned-time.ts';

export const routes = [
  get('/locks', 'signed-in', list),
  post('/locks', 'admin', add, refused('lock.set', list)),
  post('/locks/:lock/lift', 'admin', lift),
  get('/projects/:project/locks', seesProject, listOfProject),
  post('/projects/:project/locks', deploysProject, addToProject, refused('lock.set', listOfProject)),
  post('/projects/:project/locks/:lock/lift', deploysProject, liftOfProject),
];

const ofProject = z.object({ reason: line(500), until: z.string().max(30), warning: checkbox });
const anywhere = ofProject.extend({ scope: z.string().max(100) });

async function list(page: Page): Promise<void> {
  const fields = page.fields({ scope: 'everything:', reason: '', until: '', warning: false });
  const rows = await lockRows(page);
  await show(page, {
    rows,
    fields,
    scopes: await scopeChoices(page),
    project: null,
    maySet: page.may('admin'),
  });
}

async function listOfProject(page: Page): Promise<void> {
  const project = await find(page);
  const fields = page.fields({ scope: '', reason: '', until: '', warning: false });
  const rows = await lockRowsOf(page, project);
  const subject = await deploysProject.of(page);
  const maySet = subject !== null && page.may('project.deploy', subject);
  await show(page, { rows, fields, scopes: [], project, maySet });
}

async function show(page: Page, model: { fields: ReturnType<Page['fields']> } & Record<string, unknown>) {
  const zone = zoneName(page.who.timeZone);
  await page.render('locks/list', { ...model, zone, problems: page.problems(model.fields) });
}

async function add(page: Page): Promise<void> {
  const typed = page.form(anywhere);
  await set(page, scopeOf(page, typed.scope, await scopeChoices(page)), typed);
  page.redirect('/locks', { key: 'locks.added' });
}

async function addToProject(page: Page): Promise<void> {
  const project = await find(page);
  await set(page, { kind: 'project', id: project.id }, page.form(ofProject));
  page.redirect(`/projects/${project.key}/locks`, { key: 'locks.added' });
}

async function set(page: Page, scope: Scope, typed: z.output<typeof ofProject>): Promise<void> {
  const { reason, warning } = typed;
  const by = { by: page.who.displayName, byAdmin: page.may('admin') };
  const lock = { scope, reason, warning, ...by, since: Date.now(), until: untilOf(page, typed.until) };
  await writing(page.db, async (trx) => {
    const id = await handLocks.add(trx, lock);
    await audit.record(
      trx,
      page.audit({ action: 'lock.set', object: `lock:${id}`, before: null, after: lock, reason }),
    );
  });
}

function untilOf(page: Page, text: string): number | null {
  if (text.trim() === '') return null;
  const moment = momentOf(text, page.who.timeZone);
  if ('wrong' in moment) return page.refuse({ field: 'until', code: moment.wrong });
  return moment.at > Date.now() ? moment.at : page.refuse({ field: 'until', code: 'at_past' });
}

async function lift(page: Page): Promise<void> {
  await end(page, (await held(page)) ?? page.notFound());
  page.redirect('/locks', { key: 'locks.lifted' });
}

/** A member ends what a member set on this project; what an admin set is not there for them to end. */
async function liftOfProject(page: Page): Promise<void> {
  const project = await find(page);
  const lock = await held(page);
  if (!lock || !mayLift(lock, project)) return page.notFound();
  await end(page, lock);
  page.redirect(`/projects/${project.key}/locks`, { key: 'locks.lifted' });
}

async function held(page: Page): Promise<HandLock | undefined> {
  return (await handLocks.holding(page.db, Date.now())).find(({ id }) => id === page.param('lock'));
}

async function end(page: Page, lock: HandLock): Promise<void> {
  await writing(page.db, async (trx) => {
    if (!(await handLocks.lift(trx, lock.id, page.who.displayName))) return;
    const entry = { action: 'lock.lift', object: `lock:${lock.id}`, before: lock, after: null };
    await audit.record(trx, page.audit(entry));
  });
}

async function find(page: Page): Promise<Project> {
  return (await projectOf(page)) ?? page.notFound();
}
