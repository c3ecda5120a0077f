import { ulid } from 'ulid';
import { z } from 'zod';
import { record } from '../../store/audit.ts';
import * as grants from '../../store/grants.ts';
import * as groups from '../../store/groups.ts';
import { isNeeded } from '../../store/ticket-rules.ts';
import { isDuplicate, writing } from '../../store/transaction.ts';
import { line, notes } from '../form.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';

export const routes = [
  get('/groups', 'signed-in', list),
  post('/groups', 'admin', add, list),
  get('/groups/:group', 'signed-in', show),
  post('/groups/:group', 'admin', change, show),
  post('/groups/:group/delete', 'admin', remove, show),
];

const groupForm = z.object({ name: line(64), notes: notes() });

async function list(page: Page): Promise<void> {
  const fields = page.fields({ name: '', notes: '' });
  await page.render('groups/list', { groups: await groups.all(page.db, page.groupIds), fields });
}

async function add(page: Page): Promise<void> {
  const form = page.form(groupForm);
  const group = { id: ulid(), ...form };
  await taken(page, () =>
    writing(page.db, async (trx) => {
      await groups.add(trx, group);
      await record(trx, page.audit({ action: 'group.add', object: `group:${group.id}`, after: form }));
    }),
  );
  page.redirect('/groups', { key: 'groups.added', detail: { name: form.name } });
}

async function show(page: Page): Promise<void> {
  const group = await find(page);
  const fields = page.fields({ name: group.name, notes: group.notes });
  const members = await grants.ofGroup(page.db, group.id);
  const projects = await groups.projectCount(page.db, group.id);
  const ticketNeeded = await isNeeded(page.db, 'group', group.id);
  await page.render('groups/show', {
    ticketNeeded,
    group,
    members,
    projects,
    fields,
    problems: page.problems(fields),
  });
}

async function change(page: Page): Promise<void> {
  const group = await find(page);
  const form = page.form(groupForm);
  const before = { name: group.name, notes: group.notes };
  await taken(page, () =>
    writing(page.db, async (trx) => {
      await groups.change(trx, group.id, form);
      await record(
        trx,
        page.audit({ action: 'group.change', object: `group:${group.id}`, before, after: form }),
      );
    }),
  );
  page.redirect(`/groups/${group.id}`, { key: 'common.saved' });
}

async function remove(page: Page): Promise<void> {
  const group = await find(page);
  await writing(page.db, async (trx) => {
    if ((await groups.projectCount(trx, group.id)) > 0) page.refuse({ field: '', code: 'group_not_empty' });
    await groups.remove(trx, group.id);
    await record(trx, page.audit({ action: 'group.remove', object: `group:${group.id}`, before: group }));
  });
  page.redirect('/groups', { key: 'groups.removed', detail: { name: group.name } });
}

/** The group of the path; 404 where there is none or the person is not in it. */
async function find(page: Page): Promise<groups.Group> {
  const group = await groups.byId(page.db, page.param('group'));
  const seen = page.groupIds === undefined || page.groupIds.includes(group?.id ?? '');
  return group && seen ? group : page.notFound();
}

/** Runs a deed; a name that somebody has already is told at the field. */
async function taken(page: Page, deed: () => Promise<void>): Promise<void> {
  try {
    await deed();
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    page.refuse({ field: 'name', code: 'taken' });
  }
}
