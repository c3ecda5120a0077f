import { z } from 'zod';
import { hashPassword, passwordProblem } from '../auth/password.ts';
import * as users from '../store/users.ts';
import type { Page } from './page.ts';

/** The two fields of every form that sets a password. */
export const newPassword = { password: z.string().min(1).max(200), again: z.string().max(200) };

/** The hash of a new password typed twice. @throws InvalidForm where it is weak or the two differ. */
export async function hashNewPassword(
  page: Page,
  form: { password: string; again: string },
  username: string,
): Promise<string> {
  const problem = passwordProblem(form.password, username);
  if (problem) page.refuse({ field: 'password', code: problem, detail: { maximum: 200 } });
  if (form.password !== form.again) page.refuse({ field: 'again', code: 'password_differs' });
  return hashPassword(form.password);
}

/** An account of the directory has no password here. */
export async function refuseOfDirectory(page: Page, userId: string): Promise<void> {
  const user = await users.byId(page.db, userId);
  if (user?.source === 'ldap') page.refuse({ field: '', code: 'directory_password' });
}
