import { z } from 'zod';
import type { Grant } from '../../model/person.ts';
import * as admins from '../../store/admins.ts';
import { record } from '../../store/audit.ts';
import type { Db } from '../../store/database.ts';
import * as directoryGrants from '../../store/directory-grants.ts';
import * as grants from '../../store/grants.ts';
import * as groups from '../../store/groups.ts';
import * as sessions from '../../store/sessions.ts';
import { writing } from '../../store/transaction.ts';
import * as users from '../../store/users.ts';
import { many } from '../form.ts';
import { hashNewPassword, newPassword, refuseOfDirectory } from '../new-password.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { sessionRows } from '../session-rows.ts';
import { roles } from './people.ts';

export const routes = [
  get('/people/:user', 'admin', show),
  post('/people/:user/grants', 'admin', changeGrants, show),
  post('/people/:user/role', 'admin', changeRole, show),
  post('/people/:user/password', 'admin', resetPassword, show),
  post('/people/:user/disable', 'admin', disable, show),
  post('/people/:user/enable', 'admin', enable, show),
];

const grantsForm = z.object({
  member: many(z.string().max(26)),
  config: many(z.string().max(26)),
  deploy: many(z.string().max(26)),
});
const roleForm = z.object({ role: z.enum(['user', 'admin']) });
const passwordForm = z.object(newPassword);
const nothing = z.object({});

async function show(page: Page): Promise<void> {
  const user = await find(page);
  const held = await grants.byHand(page.db, user.id);
  const ids = (take: (grant: Grant) => boolean) => held.filter(take).map((grant) => grant.groupId);
  const fields = page.fields({
    member: ids(() => true),
    config: ids((grant) => grant.config),
    deploy: ids((grant) => grant.deploy),
    role: user.role,
    password: '',
    again: '',
  });
  const given = await directoryGrants.ofUser(page.db, user.id);
  const ends = held.map(({ groupId, until }) => [groupId, until] as const);
  const seen = await sessionRows(page, user.id);
  const model = {
    ends: new Map(ends),
    given: new Map(given.map((grant) => [grant.groupId, grant])),
    sessions: seen,
    user,
    fields,
    problems: page.problems(fields),
    roles: roles(page),
  };
  await page.render('people/show', { ...model, groups: await groups.all(page.db), self: isSelf(page, user) });
}

async function changeGrants(page: Page): Promise<void> {
  const user = await find(page);
  const form = page.form(grantsForm);
  await writing(page.db, async (trx) => {
    const known = new Set((await groups.all(trx)).map((group) => group.id));
    const before = await grants.byHand(trx, user.id);
    const after = wanted(form)
      .filter((grant) => known.has(grant.groupId))
      .map((grant) => ({ ...before.find(({ groupId }) => groupId === grant.groupId), ...grant }));
    for (const grant of after) await grants.give(trx, user.id, grant);
    for (const { groupId } of before)
      if (!after.some((grant) => grant.groupId === groupId)) await grants.take(trx, user.id, groupId);
    await note(trx, page, 'grant.change', user, before, after);
  });
  done(page, user);
}

/** Whoever may configure or deploy is a member. */
function wanted(form: z.output<typeof grantsForm>): Grant[] {
  return [...new Set([...form.member, ...form.config, ...form.deploy])].map((groupId) => ({
    groupId,
    config: form.config.includes(groupId),
    deploy: form.deploy.includes(groupId),
  }));
}

async function changeRole(page: Page): Promise<void> {
  const user = await find(page);
  const { role } = page.form(roleForm);
  if (role !== 'admin') refuseSelf(page, user);
  await writing(page.db, async (trx) => {
    if (role !== 'admin') await refuseLast(trx, page, user);
    await users.setRole(trx, user.id, role);
    if (!isSelf(page, user)) await sessions.endAllOf(trx, user.id);
    await note(trx, page, 'user.role', user, { role: user.role }, { role });
  });
  done(page, user);
}

async function resetPassword(page: Page): Promise<void> {
  const user = await find(page);
  await refuseOfDirectory(page, user.id);
  const hash = await hashNewPassword(page, page.form(passwordForm), user.username);
  await writing(page.db, async (trx) => {
    await users.setPassword(trx, user.id, hash);
    await sessions.endAllOf(trx, user.id, isSelf(page, user) ? page.req.sessionID : undefined);
    await note(trx, page, 'user.password', user);
  });
  done(page, user);
}

async function disable(page: Page): Promise<void> {
  const user = await find(page);
  page.form(nothing);
  refuseSelf(page, user);
  await writing(page.db, async (trx) => {
    await refuseLast(trx, page, user);
    await users.setDisabled(trx, user.id, Date.now());
    await sessions.endAllOf(trx, user.id);
    await note(trx, page, 'user.disable', user);
  });
  done(page, user);
}

async function enable(page: Page): Promise<void> {
  const user = await find(page);
  page.form(nothing);
  await writing(page.db, async (trx) => {
    await users.setDisabled(trx, user.id, null);
    await note(trx, page, 'user.enable', user);
  });
  done(page, user);
}

async function find(page: Page): Promise<users.User> {
  return (await users.byId(page.db, page.param('user'))) ?? page.notFound();
}

function isSelf(page: Page, user: users.User): boolean {
  return page.who.id === user.id;
}

/** Two admins may try to take the role from each other at once: one of them stays. */
async function refuseLast(trx: Db, page: Page, user: users.User): Promise<void> {
  if (await admins.isLast(trx, user.id)) page.refuse({ field: '', code: 'last_admin' });
}

/** Nobody takes the console from themselves. */
function refuseSelf(page: Page, user: users.User): void {
  if (isSelf(page, user)) page.refuse({ field: '', code: 'not_yourself' });
}

async function note(db: Db, page: Page, action: string, user: users.User, before?: unknown, after?: unknown) {
  await record(db, page.audit({ action, object: `user:${user.username}`, before, after }));
}

function done(page: Page, user: users.User): void {
  page.redirect(`/people/${user.id}`, { key: 'common.saved' });
}
