import * as sessions from '../store/sessions.ts';
import type { Page } from './page.ts';

/** Where somebody is signed in: from which address, with which browser, since when. */
export type SessionRow = sessions.SeenSession & { here: boolean };

/** Those that still count: neither idle for too long nor too old. */
export async function sessionRows(page: Page, userId: string): Promise<SessionRow[]> {
  const { sessionIdleMinutes, sessionHours } = page.settings;
  const now = Date.now();
  const here = sessions.nameOf(page.req.sessionID);
  const all = await sessions.ofUser(page.db, userId);
  return all
    .filter(({ seenAt }) => now - seenAt <= sessionIdleMinutes * 60_000)
    .filter(({ startedAt }) => now - startedAt <= sessionHours * 3_600_000)
    .map((one) => ({ ...one, here: one.name === here }));
}
