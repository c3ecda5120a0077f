import type { Request } from 'express';
import type { SessionData } from 'express-session';
import type { WebSettings } from '../settings.ts';

/** True while the session of an open stream exists and is neither idle nor too old. A stream is no use of it. */
export async function stillIn(
  req: Request,
  settings: Pick<WebSettings, 'sessionIdleMinutes' | 'sessionHours'>,
): Promise<boolean> {
  const session = await stored(req);
  if (!session) return false;
  const now = Date.now();
  const fresh = now - (session.seenAt ?? 0) <= settings.sessionIdleMinutes * 60_000;
  return fresh && now - (session.startedAt ?? 0) <= settings.sessionHours * 3_600_000;
}

function stored(req: Request): Promise<SessionData | null> {
  return new Promise((resolve, reject) => {
    req.sessionStore.get(req.sessionID, (error, session) =>
      error ? reject(error) : resolve(session ?? null),
    );
  });
}
