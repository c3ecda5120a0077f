import { logger } from '../logger.ts';
import type { Db } from './database.ts';

/** True where the database answers a question within the deadline. */
export async function answers(db: Db, deadlineMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((done) => {
    timer = setTimeout(() => done(false), deadlineMs);
  });
  try {
    return await Promise.race([ask(db), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function ask(db: Db): Promise<boolean> {
  try {
    await db.raw('SELECT 1');
    return true;
  } catch (error) {
    logger.warn({ err: error }, 'database away');
    return false;
  }
}
