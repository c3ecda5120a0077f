import { type Delivery, deployKinds, failedStates, judged, rollbackKinds } from '../model/delivery.ts';
import type { Db } from './database.ts';
import { writing } from './transaction.ts';

const kinds: readonly string[] = [...deployKinds, ...rollbackKinds];
const ends: readonly string[] = ['succeeded', ...failedStates];
/** Below what either database takes in one statement. */
const ROWS = 500;

/**
 * Judges an operation that has just ended, and again the deploys of its project that it may have restored or rolled
 * back. Called in the transaction that ends it, so that the statistics are never behind the history.
 */
export async function judgeEnded(trx: Db, operationId: string): Promise<void> {
  const ended = await trx('operations').where({ id: operationId }).first('project_id', 'kind', 'state');
  if (!ended || !kinds.includes(ended.kind) || !ends.includes(ended.state)) return;
  const { id = '' } = (await lastSuccessBefore(trx, ended.project_id, operationId)) ?? {};
  await judgeSince(trx, ended.project_id, id);
}

/** What says that the whole history was judged once: a rebuilding that was cut off is begun again. */
const DONE = { name: 'deploys-judged' };

export async function isJudged(db: Db): Promise<boolean> {
  return (await db('facts').where(DONE).first('name')) !== undefined;
}

/** Judges the whole history anew, project by project. @returns how many projects */
export async function judgeAll(db: Db): Promise<number> {
  const projectIds: string[] = await db('operations').distinct('project_id').pluck('project_id');
  for (const id of projectIds) await writing(db, (trx) => judgeSince(trx, id, ''));
  await db('facts')
    .insert({ ...DONE, value: String(Date.now()) })
    .onConflict('name')
    .merge();
  return projectIds.length;
}

/** Those before it are settled: what they brought has been restored or replaced by it at the latest. */
function lastSuccessBefore(trx: Db, projectId: string, id: string): Promise<{ id: string } | undefined> {
  return trx('operations')
    .where({ project_id: projectId, state: 'succeeded' })
    .where('id', '<', id)
    .whereIn('kind', kinds)
    .orderBy('id', 'desc')
    .first('id');
}

/** Judges a project's operations from an id on. */
async function judgeSince(trx: Db, projectId: string, since: string): Promise<void> {
  const found = await endedOf(trx, projectId, since);
  const settled = await ofProject(trx, projectId).where('operation_id', '>=', since).pluck('operation_id');
  for (let start = 0; start < settled.length; start += ROWS)
    await trx('judged_deploys')
      .whereIn('operation_id', settled.slice(start, start + ROWS))
      .delete();
  const numbers = await numbersOf(trx, found);
  const rows = judged(found).map(
    ({ id, groupId, environment, createdAt, succeeded, failed, leadMs, restoreMs }) => ({
      ...{ operation_id: id, number: numbers.get(`${groupId} ${environment}`), created_at: createdAt },
      ...{ succeeded, failed, lead_ms: leadMs, restore_ms: restoreMs },
    }),
  );
  for (let start = 0; start < rows.length; start += ROWS)
    await trx('judged_deploys').insert(rows.slice(start, start + ROWS));
}

const ofProject = (trx: Db, projectId: string) =>
  trx('judged_deploys').whereIn(
    'number',
    trx('judged_projects').where({ project_id: projectId }).select('number'),
  );

/** The number of a project in each group and environment that it belonged to. */
async function numbersOf(trx: Db, found: Delivery[]): Promise<Map<string, number>> {
  const named = new Map(found.map((one) => [`${one.groupId} ${one.environment}`, one]));
  for (const { projectId, groupId, projectKey, environment } of named.values())
    await trx('judged_projects')
      .insert({ project_id: projectId, group_id: groupId, project_key: projectKey, environment })
      .onConflict(['project_id', 'group_id', 'environment'])
      .merge(['project_key']);
  const rows = await trx('judged_projects')
    .where({ project_id: found[0]?.projectId ?? '' })
    .select('group_id', 'environment', 'number');
  return new Map(rows.map((row) => [`${row.group_id} ${row.environment}`, Number(row.number)]));
}

/** What a project deployed or rolled back and has ended, from an id on, in no order. */
async function endedOf(db: Db, projectId: string, since: string): Promise<Delivery[]> {
  const rows: Record<string, unknown>[] = await db('operations')
    .where('operations.project_id', projectId)
    .where('operations.id', '>=', since)
    .whereIn('operations.kind', kinds)
    .whereIn('operations.state', ends)
    .whereNotNull('operations.finished_at')
    .leftJoin('releases', 'releases.id', 'operations.release_id')
    .select('operations.id', 'operations.project_id', 'operations.project_key', 'operations.group_id')
    .select('operations.kind', 'operations.state', 'operations.release_id', 'operations.finished_at')
    .select('operations.environment', 'operations.created_at', 'releases.committed_at')
    .select({ again: earlier(db) });
  return rows.map(deliveryOf);
}

/** How many times the commit had come to the project before. */
function earlier(db: Db) {
  return (
    db('operations as sooner')
      .whereRaw('sooner.project_id = operations.project_id')
      .whereRaw('sooner.commit_id = operations.commit_id')
      .whereIn('sooner.kind', deployKinds)
      // Behind functions, or SQLite goes through all that the project ever did instead of the commit's few.
      .whereRaw("coalesce(sooner.id, '') < operations.id")
      .whereRaw("coalesce(sooner.state, '') = 'succeeded'")
      .count('*')
  );
}

function deliveryOf(row: Record<string, unknown>): Delivery {
  return {
    id: row.id as string,
    projectId: row.project_id as string,
    projectKey: row.project_key as string,
    environment: row.environment as string,
    groupId: row.group_id as string,
    kind: row.kind as string,
    succeeded: row.state === 'succeeded',
    releaseId: row.release_id as string | null,
    createdAt: Number(row.created_at),
    finishedAt: Number(row.finished_at),
    committedAt: row.committed_at === null ? null : Number(row.committed_at),
    first: Number(row.again) === 0,
  };
}
