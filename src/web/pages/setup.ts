import { ulid } from 'ulid';
import { z } from 'zod';
import { CedarError } from '../../errors.ts';
import { username } from '../../model/username.ts';
import { record } from '../../store/audit.ts';
import * as links from '../../store/links.ts';
import { isDuplicate, writing } from '../../store/transaction.ts';
import * as users from '../../store/users.ts';
import { line } from '../form.ts';
import { hashNewPassword, newPassword } from '../new-password.ts';
import type { Page } from '../page.ts';
import { beginSession } from '../passport.ts';
import { get, post } from '../route.ts';

export const routes = [
  get('/setup/:token', 'public', show),
  post('/setup/:token', 'public', makeAdmin, show),
];

const setupForm = z.object({ username, displayName: line(128), ...newPassword });

async function show(page: Page): Promise<void> {
  if (!(await links.isOpen(page.db, 'setup', page.param('token')))) throw ended();
  const fields = page.fields({ username: '', displayName: '', password: '', again: '' });
  await page.render('setup', { fields, token: page.param('token') });
}

async function makeAdmin(page: Page): Promise<void> {
  if (!(await links.isOpen(page.db, 'setup', page.param('token')))) throw ended();
  const form = page.form(setupForm);
  const passwordHash = await hashNewPassword(page, form, form.username);
  const admin = {
    id: ulid(),
    username: form.username,
    displayName: form.displayName,
    role: 'admin',
  } as const;
  try {
    await writing(page.db, async (trx) => {
      if (!(await links.use(trx, 'setup', page.param('token')))) throw ended();
      await users.add(trx, { ...admin, passwordHash });
      const entry = page.audit({ action: 'user.setup', object: `user:${admin.username}`, after: admin });
      await record(trx, { ...entry, actor: admin.username });
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    page.refuse({ field: 'username', code: 'taken' });
  }
  const person = await users.person(page.db, admin.id);
  if (person) await beginSession(page.req, person);
  page.redirect('/', { key: 'setup.done' });
}

function ended(): CedarError {
  return new CedarError('link_ended', {}, 404);
}
