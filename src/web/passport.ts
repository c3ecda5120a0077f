import type { Request, Response } from 'express';
import passportModule from 'passport';
import { Strategy as LocalStrategy } from 'passport-local';
import type { Person } from '../model/person.ts';
import type { Db } from '../store/database.ts';
import * as users from '../store/users.ts';
import { checkPassword } from './check-password.ts';

/** Who is signed in, by the session. The account is read anew with every request: disabling it works at once. */
export const passport = new passportModule.Passport();

passport.serializeUser((user, done) => done(null, (user as Person).id));

passport.deserializeUser(
  (req: Request, id: string, done: (error: unknown, person?: Person | false) => void) => {
    users.person(dbOf(req), id).then((person) => done(null, person ?? false), done);
  },
);

passport.use(
  new LocalStrategy({ passReqToCallback: true }, (req, username, password, done) => {
    const { db, directory } = (req as Request).app.locals;
    checkPassword(db, directory, username, password).then((person) => done(null, person ?? false), done);
  }),
);

/** Checks `username` and `password` of the form that was sent. */
export function authenticate(req: Request, res: Response): Promise<Person | null> {
  return new Promise((resolve, reject) => {
    const answer = (error: unknown, person: unknown) =>
      error ? reject(error) : resolve((person as Person) || null);
    passport.authenticate('local', answer)(req, res, reject);
  });
}

/** Begins a session of theirs, under a new id. What was chosen before signing in (the language) is kept. */
export async function beginSession(req: Request, person: Person): Promise<void> {
  const { language } = req.session;
  await new Promise<void>((resolve, reject) => {
    req.logIn(person, (error) => (error ? reject(error) : resolve()));
  });
  const now = Date.now();
  const from = { ip: req.ip ?? '', agent: (req.get('User-Agent') ?? '').slice(0, 160) };
  Object.assign(req.session, { startedAt: now, seenAt: now, ...from, ...(language && { language }) });
}

/** Ends the session, in the database too. */
export async function endSession(req: Request): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    req.logOut((error) => (error ? reject(error) : resolve()));
  });
  await new Promise<void>((resolve, reject) => {
    req.session.regenerate((error) => (error ? reject(error) : resolve()));
  });
}

function dbOf(req: Request): Db {
  return req.app.locals.db as Db;
}
