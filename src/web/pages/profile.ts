import { z } from 'zod';
import type { Attempts } from '../../auth/attempts.ts';
import { passwordMatches } from '../../auth/password.ts';
import { CedarError } from '../../errors.ts';
import { record } from '../../store/audit.ts';
import * as sessions from '../../store/sessions.ts';
import { writing } from '../../store/transaction.ts';
import * as users from '../../store/users.ts';
import { line } from '../form.ts';
import { hashNewPassword, newPassword, refuseOfDirectory } from '../new-password.ts';
import type { Page } from '../page.ts';
import { beginSession, endSession } from '../passport.ts';
import { get, post } from '../route.ts';
import { sessionRows } from '../session-rows.ts';
import { isTimeZone, timeZones } from '../time.ts';

export const routes = [
  get('/profile', 'signed-in', show),
  post('/profile', 'signed-in', change, show),
  post('/profile/password', 'signed-in', changePassword, show),
  post('/profile/sign-out-everywhere', 'signed-in', signOutEverywhere),
];

const profileForm = z.object({
  displayName: line(128),
  language: z.enum(['', 'en', 'zh-CN']),
  theme: z.enum(['', 'light', 'dark']),
  timeZone: z.string().max(64),
});
const passwordForm = z.object({ current: z.string().min(1).max(200), ...newPassword });

async function show(page: Page): Promise<void> {
  const { displayName, language, theme, timeZone } = page.who;
  const fields = page.fields({
    displayName,
    language,
    theme,
    timeZone,
    current: '',
    password: '',
    again: '',
  });
  const label = (value: string, key: string) => ({ value, label: page.t(`profile.${key}`) });
  const user = await users.byId(page.db, page.who.id);
  await page.render('profile', {
    fields,
    passwordHere: user?.source === 'local',
    sessions: await sessionRows(page, page.who.id),
    languages: [label('', 'language_auto'), label('en', 'language_en'), label('zh-CN', 'language_zh')],
    themes: [label('', 'theme_auto'), label('light', 'theme_light'), label('dark', 'theme_dark')],
    zones: [label('', 'zone_auto'), ...timeZones.map((zone) => ({ value: zone, label: zone }))],
  });
}

async function change(page: Page): Promise<void> {
  const form = page.form(profileForm);
  if (form.timeZone && !isTimeZone(form.timeZone)) page.refuse({ field: 'timeZone', code: 'choice' });
  const choices = {
    displayName: form.displayName,
    language: form.language || null,
    theme: form.theme || null,
    timeZone: form.timeZone || null,
  };
  await writing(page.db, async (trx) => {
    const { displayName, language, theme, timeZone } = page.who;
    const before = { displayName, language, theme, timeZone };
    await users.choose(trx, page.who.id, choices);
    await record(trx, page.audit({ action: 'profile.change', object: self(page), before, after: choices }));
  });
  page.redirect('/profile', { key: 'common.saved' });
}

async function changePassword(page: Page): Promise<void> {
  const form = page.form(passwordForm);
  await refuseOfDirectory(page, page.who.id);
  await checkCurrent(page, form.current);
  const hash = await hashNewPassword(page, form, page.who.username);
  await writing(page.db, async (trx) => {
    await users.setPassword(trx, page.who.id, hash);
    await sessions.endAllOf(trx, page.who.id);
    await record(trx, page.audit({ action: 'profile.password', object: self(page) }));
  });
  await beginSession(page.req, page.who);
  page.redirect('/profile', { key: 'profile.password_changed' });
}

/** A stolen session must not find out the password: guesses are counted as at the sign-in page. */
async function checkCurrent(page: Page, current: string): Promise<void> {
  const attempts = page.req.app.locals.attempts as Attempts;
  const account = `password of ${page.who.username}`;
  const wait = await attempts.begin(account, page.req.ip ?? '', false);
  if (wait > 0) {
    page.res.set('Retry-After', String(wait));
    throw new CedarError('too_many_attempts', { seconds: wait }, 429);
  }
  const stored = await users.passwordHash(page.db, page.who.id);
  if (!(await passwordMatches(stored, current))) page.refuse({ field: 'current', code: 'password_wrong' });
  await attempts.succeeded(account, false);
}

async function signOutEverywhere(page: Page): Promise<void> {
  await writing(page.db, async (trx) => {
    await sessions.endAllOf(trx, page.who.id);
    await record(trx, page.audit({ action: 'session.end-all', object: self(page) }));
  });
  await endSession(page.req);
  page.redirect('/sign-in');
}

function self(page: Page): string {
  return `user:${page.who.username}`;
}
