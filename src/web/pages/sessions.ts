import { record } from '../../store/audit.ts';
import * as sessions from '../../store/sessions.ts';
import { writing } from '../../store/transaction.ts';
import * as users from '../../store/users.ts';
import type { Page } from '../page.ts';
import { endSession } from '../passport.ts';
import { post } from '../route.ts';

export const routes = [
  post('/profile/sessions/:session/end', 'signed-in', endOwn),
  post('/people/:user/sessions/:session/end', 'admin', endOne),
  post('/people/:user/sessions/end', 'admin', endAll),
];

async function endOwn(page: Page): Promise<void> {
  await end(page, page.who, '/profile');
}

async function endOne(page: Page): Promise<void> {
  const user = await find(page);
  await end(page, user, `/people/${user.id}`);
}

async function end(page: Page, { id, username }: Pick<users.User, 'id' | 'username'>, back: string) {
  const name = page.param('session');
  await writing(page.db, async (trx) => {
    const found = (await sessions.ofUser(trx, id)).find((one) => one.name === name);
    if (!found || !(await sessions.endOne(trx, id, name))) return page.notFound();
    const before = { ip: found.ip, agent: found.agent, startedAt: found.startedAt };
    await record(trx, page.audit({ action: 'session.end', object: `user:${username}`, before, after: null }));
  });
  if (name === sessions.nameOf(page.req.sessionID)) return leave(page);
  page.redirect(back, { key: 'sessions.ended' });
}

/** All of a person's; an admin who ends their own goes on in the one at hand. */
async function endAll(page: Page): Promise<void> {
  const user = await find(page);
  await writing(page.db, async (trx) => {
    await sessions.endAllOf(trx, user.id, user.id === page.who.id ? page.req.sessionID : undefined);
    await record(trx, page.audit({ action: 'session.end-all', object: `user:${user.username}` }));
  });
  page.redirect(`/people/${user.id}`, { key: 'sessions.ended' });
}

async function leave(page: Page): Promise<void> {
  await endSession(page.req);
  page.redirect('/sign-in');
}

async function find(page: Page): Promise<users.User> {
  return (await users.byId(page.db, page.param('user'))) ?? page.notFound();
}
