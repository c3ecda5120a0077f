import { z } from 'zod';
import type { Attempts } from '../../auth/attempts.ts';
import { DirectoryAway } from '../../auth/ldap/directory-away.ts';
import { CedarError } from '../../errors.ts';
import { type Language, languageOf } from '../../i18n/language.ts';
import { logger } from '../../logger.ts';
import type { Person } from '../../model/person.ts';
import { record } from '../../store/audit.ts';
import { writing } from '../../store/transaction.ts';
import * as users from '../../store/users.ts';
import { safeNext } from '../next.ts';
import type { Page } from '../page.ts';
import { authenticate, beginSession, endSession } from '../passport.ts';
import { get, post } from '../route.ts';

export const routes = [
  get('/sign-in', 'public', (page) => show(page)),
  post('/sign-in', 'public', signIn, (page) => show(page)),
  post('/sign-out', 'signed-in', signOut),
  post('/language', 'public', chooseLanguage),
];

const signInForm = z.object({
  username: z.string().trim().min(1).max(64),
  // without one nobody comes in (S1), and the answer is that of a wrong one
  password: z.string().max(200),
  next: z.string().optional(),
});

async function show(page: Page, status?: number): Promise<void> {
  if (page.person) return page.redirect('/');
  const next = safeNext(page.again ? page.req.body.next : page.query('next'));
  const fields = page.fields({ username: '', password: '', next });
  const fresh = (await users.activeAdmins(page.db)) === 0;
  await page.render('sign-in', { fields, problems: page.problems(fields), fresh }, status);
}

async function signIn(page: Page): Promise<void> {
  const form = page.form(signInForm);
  const local = isLocal(page);
  const attempts = page.req.app.locals.attempts as Attempts;
  const wait = await attempts.begin(form.username, page.req.ip ?? '', local);
  if (wait > 0) return tooMany(page, form.username, wait);
  const person = await authenticate(page.req, page.res).catch((error) => away(page, form.username, error));
  if (person === null) return refuse(page, form.username);
  await attempts.succeeded(form.username, local);
  // the row first: without it nobody comes in
  await record(page.db, {
    ...page.audit({ action: 'session.begin', object: `user:${person.username}`, after: {} }),
    actor: person.username,
  });
  await beginSession(page.req, person);
  page.redirect(safeNext(form.next));
}

async function refuse(page: Page, username: string): Promise<void> {
  await record(
    page.db,
    page.audit({ action: 'session.begin', object: `user:${username}`, result: 'refused' }),
  );
  page.showAgain([{ field: '', code: 'sign_in' }]);
  // RFC 9110, 15.5.2: an answer 401 names a scheme; browsers pass over one that they do not know
  page.res.set('WWW-Authenticate', 'Form');
  await show(page, 401);
}

/** A directory that does not answer lets nobody in. */
async function away(page: Page, username: string, error: unknown): Promise<never> {
  if (error instanceof DirectoryAway) {
    logger.warn({ why: error.why }, 'the directory does not answer');
    const object = `user:${username}`;
    const reason = error.code;
    await record(page.db, page.audit({ action: 'session.begin', object, result: 'refused', reason }));
  }
  throw error;
}

async function tooMany(page: Page, username: string, wait: number): Promise<void> {
  page.res.set('Retry-After', String(wait));
  await record(
    page.db,
    page.audit({
      action: 'session.begin',
      object: `user:${username}`,
      result: 'refused',
      reason: 'too many',
    }),
  );
  throw new CedarError('too_many_attempts', { seconds: wait }, 429);
}

/** True where the request comes from this machine and not through a proxy. */
function isLocal({ req }: Page): boolean {
  const near = /^(::ffff:)?127\.|^::1$/.test(req.socket.remoteAddress ?? '');
  return near && req.get('X-Forwarded-For') === undefined && req.get('Forwarded') === undefined;
}

async function signOut(page: Page): Promise<void> {
  await record(page.db, page.audit({ action: 'session.end', object: `user:${page.who.username}` }));
  await endSession(page.req);
  page.redirect('/sign-in');
}

const languageForm = z.object({ language: z.enum(['en', 'zh-CN']), next: z.string().optional() });

async function chooseLanguage(page: Page): Promise<void> {
  const form = page.form(languageForm);
  const language = languageOf(form.language);
  if (page.person) await keepLanguage(page, page.person, language);
  page.req.session.language = form.language;
  page.redirect(safeNext(form.next));
}

async function keepLanguage(page: Page, person: Person, language: Language | null): Promise<void> {
  const object = `user:${person.username}`;
  const before = { language: person.language };
  await writing(page.db, async (trx) => {
    await users.choose(trx, person.id, { language });
    await record(trx, page.audit({ action: 'profile.change', object, before, after: { language } }));
  });
}
