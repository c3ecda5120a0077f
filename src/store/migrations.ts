import { countAll, isCounted } from './asked-weeks.ts';
import type { Db } from './database.ts';
import { isJudged, judgeAll } from './judged-deploys.ts';

/** Brings the tables up to date. @returns the names of the migrations that ran, in order. */
export async function migrate(db: Db): Promise<string[]> {
  const [, names] = (await db.migrate.latest()) as [number, string[]];
  if (!(await isJudged(db))) await judgeAll(db);
  if (!(await isCounted(db))) await countAll(db);
  return names;
}

/** The names of migrations that have not run yet. */
export async function pending(db: Db): Promise<string[]> {
  const [, waiting] = (await db.migrate.list()) as [unknown, { file: string }[]];
  return waiting.map((migration) => migration.file);
}
