import { ulid } from 'ulid';
import { z } from 'zod';
import { username } from '../../model/username.ts';
import { record } from '../../store/audit.ts';
import * as grants from '../../store/grants.ts';
import * as groups from '../../store/groups.ts';
import { isDuplicate, writing } from '../../store/transaction.ts';
import * as users from '../../store/users.ts';
import { unconfirmed } from '../directory/unconfirmed.ts';
import { line } from '../form.ts';
import { hashNewPassword, newPassword } from '../new-password.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';

export const routes = [get('/people', 'admin', list), post('/people', 'admin', add, list)];

const userForm = z.object({
  username,
  displayName: line(128),
  role: z.enum(['user', 'admin']),
  ...newPassword,
});

async function list(page: Page): Promise<void> {
  const held = await grants.byUser(page.db);
  const names = new Map((await groups.all(page.db)).map((group) => [group.id, group.name]));
  const people = (await users.all(page.db)).map((user) => ({
    ...user,
    groups: (held.get(user.id) ?? []).map((grant) => names.get(grant.groupId)).join(', '),
  }));
  const fields = page.fields({ username: '', displayName: '', role: 'user', password: '', again: '' });
  const old = (await unconfirmed(page.db)).map(({ id, checkedAt }) => [id, checkedAt] as const);
  await page.render('people/list', { people, fields, roles: roles(page), unconfirmed: new Map(old) });
}

async function add(page: Page): Promise<void> {
  const form = page.form(userForm);
  const passwordHash = await hashNewPassword(page, form, form.username);
  const user = { id: ulid(), username: form.username, displayName: form.displayName, role: form.role };
  try {
    await writing(page.db, async (trx) => {
      await users.add(trx, { ...user, passwordHash });
      await record(trx, page.audit({ action: 'user.add', object: `user:${user.username}`, after: user }));
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    page.refuse({ field: 'username', code: 'taken' });
  }
  page.redirect(`/people/${user.id}`, { key: 'people.added', detail: { name: user.displayName } });
}

/** The roles to choose from. */
export function roles(page: Page): { value: string; label: string }[] {
  return ['user', 'admin'].map((value) => ({ value, label: page.t(`people.role_${value}`) }));
}
