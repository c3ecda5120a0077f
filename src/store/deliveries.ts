import { ulid } from 'ulid';
import type { Delivery } from '../model/push.ts';
import type { Db } from './database.ts';

/** Kept per project: more than are shown, so that an old one is still known when it comes again. */
const KEPT = 500;

export async function byId(db: Db, id: string): Promise<Delivery | null> {
  const row = await db('inbound_deliveries').where({ id }).first();
  return row ? toDelivery(row) : null;
}

/** The delivery of that name that came to the project before. */
export async function earlier(db: Db, projectId: string, delivery: string): Promise<Delivery | null> {
  const row = await db('inbound_deliveries').where({ project_id: projectId, delivery }).first();
  return row ? toDelivery(row) : null;
}

/** Newest first. */
export async function last(db: Db, projectId: string, limit: number): Promise<Delivery[]> {
  const rows = await db('inbound_deliveries')
    .where({ project_id: projectId })
    .orderBy('id', 'desc')
    .limit(limit);
  return rows.map(toDelivery);
}

/** Keeps what became of a delivery. The same one twice hits the unique key (`isDuplicate`). */
export async function add(trx: Db, delivery: Omit<Delivery, 'id' | 'at'>): Promise<Delivery> {
  const [id, at] = [ulid(), Date.now()];
  const { projectId, commit, operationId, ...same } = delivery;
  await trx('inbound_deliveries').insert({
    ...{ id, at, ...same },
    ...{ project_id: projectId, commit_id: commit, operation_id: operationId },
  });
  await forget(trx, projectId);
  return { id, at, ...delivery };
}

/** Says what became of one that waited. */
export async function conclude(
  trx: Db,
  id: string,
  to: Pick<Delivery, 'outcome' | 'detail' | 'operationId'>,
): Promise<void> {
  const { outcome, detail, operationId } = to;
  await trx('inbound_deliveries')
    .where({ id, outcome: 'waiting' })
    .update({ outcome, detail, operation_id: operationId });
}

async function forget(trx: Db, projectId: string): Promise<void> {
  const oldest = await trx('inbound_deliveries')
    .where({ project_id: projectId })
    .orderBy('id', 'desc')
    .offset(KEPT)
    .limit(1)
    .first('id');
  if (oldest)
    await trx('inbound_deliveries').where({ project_id: projectId }).where('id', '<=', oldest.id).delete();
}

function toDelivery(row: Record<string, unknown>): Delivery {
  return {
    id: row.id as string,
    projectId: row.project_id as string,
    delivery: row.delivery as string,
    forge: row.forge as string,
    event: row.event as string,
    branch: row.branch as string | null,
    commit: row.commit_id as string | null,
    pusher: row.pusher as string | null,
    outcome: row.outcome as Delivery['outcome'],
    detail: row.detail as string | null,
    operationId: row.operation_id as string | null,
    at: Number(row.at),
  };
}
