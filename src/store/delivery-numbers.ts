import type { DeliveryList, DeliverySums } from '../model/delivery-metrics.ts';
import type { Db } from './database.ts';
import type { Scope } from './statistics.ts';

/** A project as it belonged to a group, and what was deployed of it in production. */
export type ProjectSums = DeliverySums & { projectId: string; projectKey: string; groupId: string };

type Numbered = { number: number; project_id: string; project_key: string; group_id: string };

/** What was deployed since `from`, by group and project. An environment is production as it is set now. */
export async function deliverySums(db: Db, scope: Scope, from: number): Promise<ProjectSums[]> {
  const known = new Map((await numbered(db, scope)).map((one) => [Number(one.number), one]));
  if (known.size === 0) return [];
  const rows: Record<string, unknown>[] = await since(db, [...known.keys()], from)
    .groupBy('number')
    .select(
      'number',
      db.raw('group_concat(lead_ms) as leads'),
      db.raw('group_concat(restore_ms) as restores'),
    )
    .count({ ended: '*' })
    .sum({ deploys: 'succeeded', failures: 'failed' });
  return rows.map((row) => {
    const { project_id, project_key, group_id } = known.get(Number(row.number))!;
    return {
      ...{ projectId: project_id, projectKey: project_key, groupId: group_id },
      ...{ deploys: Number(row.deploys), ended: Number(row.ended), failures: Number(row.failures) },
      ...{ leads: lengths(row.leads), restores: lengths(row.restores) },
    };
  });
}

/** How many deploys made one of the numbers, and the ids of one page of them, newest first. */
export async function behindNumber(
  db: Db,
  scope: Scope,
  from: number,
  list: DeliveryList,
  page: { offset: number; limit: number },
): Promise<{ total: number; ids: string[] }> {
  const numbers = (await numbered(db, scope)).map(({ number }) => Number(number));
  if (numbers.length === 0) return { total: 0, ids: [] };
  const those = () =>
    since(db, numbers, from).modify((query) => {
      if (list === 'deploys') query.where({ succeeded: true });
      if (list === 'leads') query.whereNotNull('lead_ms');
      if (list === 'failures') query.where({ failed: true });
      if (list === 'restored') query.whereNotNull('restore_ms');
    });
  const counted = await those().count({ n: '*' }).first();
  const ids: string[] = await those()
    .orderBy('operation_id', 'desc')
    .offset(page.offset)
    .limit(page.limit)
    .pluck('operation_id');
  return { total: Number(counted?.n ?? 0), ids };
}

function since(db: Db, numbers: number[], from: number) {
  return db('judged_deploys').whereIn('number', numbers).where('created_at', '>=', from);
}

async function numbered(db: Db, { groupIds, projectId }: Scope): Promise<Numbered[]> {
  const production = await db('environments').where({ production: true }).pluck('name');
  return db('judged_projects')
    .whereIn('environment', production)
    .modify((query) => {
      if (groupIds) query.whereIn('group_id', groupIds);
      if (projectId) query.where({ project_id: projectId });
    })
    .select('number', 'project_id', 'project_key', 'group_id');
}

/** Numbers that the database wrote side by side: a row for each would take ten times as long. */
function lengths(text: unknown): number[] {
  return text === null ? [] : String(text).split(',').map(Number);
}
