import type { RequestHandler } from 'express';
import { messageOf } from '../../errors.ts';
import { logger } from '../../logger.ts';
import type { Db } from '../../store/database.ts';
import { EndedSince } from '../../store/ended-since.ts';
import { within } from '../within.ts';
import type { Exposition } from './exposition.ts';
import { readNumbers } from './numbers.ts';

/** However often it is asked, the database is asked no more than once in so long. */
const TRUST_MS = 5000;
const DEADLINE_MS = 2500;

/** `GET /metrics`: all that the console knows of itself, for Prometheus. 503 where the database does not answer. */
export function metrics(db: Db, sweepSeconds: number): RequestHandler {
  const ended = new EndedSince(db);
  let exposition: Promise<Exposition> | null = null;
  let asked: { at: number; text: Promise<string> } | null = null;
  const read = async () => {
    exposition ??= made();
    return (await exposition).tell(await readNumbers(db, ended, sweepSeconds));
  };
  return async (_req, res) => {
    if (!asked || Math.abs(performance.now() - asked.at) > TRUST_MS)
      asked = { at: performance.now(), text: read() };
    const mine = asked;
    try {
      const text = await within(mine.text, DEADLINE_MS);
      res.set('Content-Type', (await exposition)?.contentType).send(text);
    } catch (error) {
      if (asked === mine) asked = null;
      logger.warn({ error: messageOf(error) }, 'no numbers');
      res.status(503).type('text').send('the database does not answer\n');
    }
  };
}

/** Its library watches the process all the time, so only where somebody reads. */
async function made(): Promise<Exposition> {
  const { Exposition } = await import('./exposition.ts');
  return new Exposition();
}
