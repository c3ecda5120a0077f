import { mondayBefore, weeklyKinds } from '../model/weekly.ts';
import type { Db } from './database.ts';
import { writing } from './transaction.ts';

/** Each project has a number per group and environment that it belonged to. */
type Owned = { project_id: string; group_id: string; environment: string; project_key: string };

const kinds: readonly string[] = Object.values(weeklyKinds).flat();
/** Below what either database takes in one statement. */
const ROWS = 500;

/**
 * Counts an operation in its week. Called in the transaction that adds it, so that the weekly table is never behind the
 * history.
 */
export async function countAsked(trx: Db, operationId: string): Promise<void> {
  const columns = ['project_id', 'group_id', 'environment', 'project_key', 'kind', 'created_at'];
  const asked = await trx('operations').where({ id: operationId }).first(columns);
  if (!asked || !kinds.includes(asked.kind)) return;
  const { project_id, group_id, environment, project_key } = asked;
  const number = await numberOf(trx, { project_id, group_id, environment, project_key });
  await trx('asked_weeks')
    .insert({ week_at: mondayBefore(Number(asked.created_at)), number, kind: asked.kind, asked: 1 })
    .onConflict(['week_at', 'number', 'kind'])
    .merge({ asked: trx.raw('?? + 1', ['asked_weeks.asked']) });
}

/** What says that the whole history was counted once: a counting that was cut off is begun again. */
const DONE = { name: 'weeks-counted' };

export async function isCounted(db: Db): Promise<boolean> {
  return (await db('facts').where(DONE).first('name')) !== undefined;
}

/** Counts the whole history anew, project by project. */
export async function countAll(db: Db): Promise<void> {
  const projectIds: string[] = await db('operations').distinct('project_id').pluck('project_id');
  for (const id of projectIds) await writing(db, (trx) => countProject(trx, id));
  await db('facts')
    .insert({ ...DONE, value: String(Date.now()) })
    .onConflict('name')
    .merge();
}

async function countProject(trx: Db, projectId: string): Promise<void> {
  const own = trx('judged_projects').where({ project_id: projectId }).select('number');
  await trx('asked_weeks').whereIn('number', own).delete();
  const counted: (Owned & { kind: string; week_at: number; n: number })[] = await trx('operations')
    .where({ project_id: projectId })
    .whereIn('kind', kinds)
    .select('project_id', 'group_id', 'environment', 'kind', { week_at: week(trx) })
    .max({ project_key: 'project_key' })
    .count({ n: '*' })
    .groupBy('project_id', 'group_id', 'environment', 'kind', 'week_at');
  const numbers = new Map<string, number>();
  for (const one of counted) {
    const name = `${one.group_id} ${one.environment}`;
    if (!numbers.has(name)) numbers.set(name, await numberOf(trx, one));
  }
  const rows = counted.map((one) => ({
    number: numbers.get(`${one.group_id} ${one.environment}`),
    ...{ week_at: Number(one.week_at), kind: one.kind, asked: Number(one.n) },
  }));
  for (let start = 0; start < rows.length; start += ROWS)
    await trx('asked_weeks').insert(rows.slice(start, start + ROWS));
}

/** As `mondayBefore` has it. */
function week(trx: Db) {
  return trx.raw('created_at - (created_at - 345600000) % 604800000');
}

async function numberOf(trx: Db, owned: Owned): Promise<number> {
  const { project_id, group_id, environment, project_key } = owned;
  const by = { project_id, group_id, environment };
  const known = await trx('judged_projects').where(by).first('number');
  if (known) return Number(known.number);
  await trx('judged_projects')
    .insert({ ...by, project_key })
    .onConflict(['project_id', 'group_id', 'environment'])
    .merge(['project_key']);
  return Number((await trx('judged_projects').where(by).first('number')).number);
}
