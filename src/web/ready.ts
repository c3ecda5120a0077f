import type { RequestHandler } from 'express';
import { messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import type { Db } from '../store/database.ts';
import { pending } from '../store/migrations.ts';
import * as sessions from '../store/sessions.ts';
import { within } from './within.ts';

const DEADLINE_MS = 2500;

/** Why requests should go elsewhere. */
type Reason = 'database' | 'migrations' | 'sessions' | 'ending';

/**
 * `GET /readyz`: 200 where people can be served, else 503 with the reason. Says nothing else, to anybody; answers
 * within three seconds.
 */
export function readyz(db: Db): RequestHandler {
  let asked: Promise<Reason | null> | null = null;
  const look = looker(db);
  return async (req, res) => {
    asked ??= within(look(), DEADLINE_MS)
      .catch(away)
      .finally(() => {
        asked = null;
      });
    const reason = req.app.locals.leaving ? 'ending' : await asked;
    if (reason === null) res.json({ status: 'ready' });
    else res.status(503).json({ status: 'not ready', reason });
  };
}

function looker(db: Db): () => Promise<Reason | null> {
  let migrated = false;
  return async () => {
    await db.raw('SELECT 1');
    // they only go forward, and newer ones come with a newer program
    migrated ||= (await pending(db)).length === 0;
    return migrated ? sessionsOf(db) : 'migrations';
  };
}

async function sessionsOf(db: Db): Promise<Reason | null> {
  try {
    await sessions.areKept(db);
    return null;
  } catch (error) {
    logger.warn({ error: messageOf(error) }, 'sessions cannot be read');
    return 'sessions';
  }
}

function away(error: unknown): Reason {
  logger.warn({ error: messageOf(error) }, 'not ready');
  return 'database';
}
