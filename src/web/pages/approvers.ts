import { z } from 'zod';
import type { ApproverRule } from '../../model/approvers.ts';
import * as approvers from '../../store/approvers.ts';
import { record } from '../../store/audit.ts';
import * as grants from '../../store/grants.ts';
import * as groups from '../../store/groups.ts';
import * as projects from '../../store/projects.ts';
import { writing } from '../../store/transaction.ts';
import * as users from '../../store/users.ts';
import { checkbox, many } from '../form.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';

export const routes = [
  get('/groups/:group/approvers', 'admin', showGroup),
  post('/groups/:group/approvers', 'admin', changeGroup, showGroup),
  get('/projects/:project/approvers', 'admin', showProject),
  post('/projects/:project/approvers', 'admin', changeProject, showProject),
];

const id = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'wrong');
const form = z.object({ who: z.enum(['usual', 'holders', 'people']), people: many(id), admins: checkbox });

type Place = {
  scope: approvers.ApproverScope;
  object: string;
  groupId: string;
  name: string;
  path: string;
  back: string;
};

async function showGroup(page: Page): Promise<void> {
  await show(page, await groupOf(page));
}

async function showProject(page: Page): Promise<void> {
  await show(page, await projectOf(page));
}

async function changeGroup(page: Page): Promise<void> {
  await change(page, await groupOf(page));
}

async function changeProject(page: Page): Promise<void> {
  await change(page, await projectOf(page));
}

async function groupOf(page: Page): Promise<Place> {
  const { id: object, name } = (await groups.byId(page.db, page.param('group'))) ?? page.notFound();
  const back = `/groups/${object}`;
  return { scope: 'group', object, groupId: object, name, back, path: `${back}/approvers` };
}

async function projectOf(page: Page): Promise<Place> {
  const found = (await projects.byKey(page.db, page.param('project'))) ?? page.notFound();
  const { id: object, groupId, key: name } = found;
  const path = `/projects/${name}/approvers`;
  return { scope: 'project', object, groupId, name, path, back: `/projects/${name}/settings` };
}

async function show(page: Page, place: Place): Promise<void> {
  const now = await approvers.chosen(page.db, place.scope, place.object);
  const who = now === null ? 'usual' : now.people === null ? 'holders' : 'people';
  const fields = page.fields({ who, people: now?.people ?? [], admins: now?.admins ?? true });
  const candidates = await candidatesOf(page, place.groupId);
  await page.render('approvers/edit', { place, candidates, fields, problems: page.problems(fields) });
}

/** Who can be chosen: the members of the group, and administrators. */
async function candidatesOf(page: Page, groupId: string): Promise<{ id: string; name: string }[]> {
  const members = new Set((await grants.ofGroup(page.db, groupId)).map(({ userId }) => userId));
  return (await users.all(page.db))
    .filter((user) => user.disabledAt === null && (user.role === 'admin' || members.has(user.id)))
    .map(({ id: userId, displayName, username }) => ({ id: userId, name: `${displayName} (${username})` }));
}

async function change(page: Page, place: Place): Promise<void> {
  const { scope, object } = place;
  const rule = await ruleOf(page, place);
  await writing(page.db, async (trx) => {
    const before = await approvers.chosen(trx, scope, object);
    await approvers.choose(trx, scope, object, rule);
    const entry = {
      action: `${scope}.approvers`,
      object: `${scope}:${scope === 'group' ? object : place.name}`,
    };
    await record(trx, page.audit({ ...entry, before, after: rule }));
  });
  page.redirect(place.path, { key: 'common.saved' });
}

async function ruleOf(page: Page, place: Place): Promise<ApproverRule | null> {
  const { who, people, admins } = page.form(form);
  if (who === 'usual') return null;
  if (who === 'holders') return { people: null, admins };
  const known = await candidatesOf(page, place.groupId);
  const chosen = [...new Set(people)];
  if (chosen.length === 0) page.refuse({ field: 'people', code: 'required' });
  if (chosen.some((one) => !known.some(({ id: userId }) => userId === one)))
    page.refuse({ field: 'people', code: 'choice' });
  if (!admins && chosen.length < 2) page.refuse({ field: 'people', code: 'approvers_two' });
  return { people: chosen, admins };
}
