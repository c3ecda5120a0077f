import { ulid } from 'ulid';
import type { InboundHook } from '../model/push.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';

export async function ofProject(db: Db, projectId: string): Promise<InboundHook | null> {
  const row = await db('inbound_hooks').where({ project_id: projectId }).first();
  return row ? toHook(row) : null;
}

/** Gives a project a hook, or the one that it has another secret (sealed). */
export async function renew(db: Db, projectId: string, secret: string): Promise<void> {
  const at = Date.now();
  await db('inbound_hooks')
    .insert({ project_id: projectId, id: ulid(), secret, secret_at: at, created_at: at })
    .onConflict('project_id')
    .merge(['secret', 'secret_at']);
}

export async function change(
  db: Db,
  projectId: string,
  to: Pick<InboundHook, 'enabled' | 'production' | 'branches' | 'hostIds'> & { hold?: boolean },
): Promise<void> {
  const { enabled, production, hold = false, branches, hostIds } = to;
  await db('inbound_hooks')
    .where({ project_id: projectId })
    .update({
      enabled,
      production,
      hold,
      branches: branches.join('\n'),
      host_ids: hostIds && JSON.stringify(hostIds),
    });
}

/** Counts a call with a wrong signature. */
export async function refuse(db: Db, projectId: string, from: string): Promise<void> {
  await db('inbound_hooks')
    .where({ project_id: projectId })
    .update({ refused: db.raw('refused + 1'), refused_at: now(db), refused_from: from.slice(0, 64) });
}

/** Lets a delivery wait for the project, in the place of another one. */
export async function wait(db: Db, projectId: string, deliveryId: string): Promise<void> {
  await db('inbound_hooks').where({ project_id: projectId }).update({ pending: deliveryId });
}

/** The delivery waits no longer. False where another one took its place meanwhile. */
export async function awaited(db: Db, projectId: string, deliveryId: string): Promise<boolean> {
  const changed = await db('inbound_hooks')
    .where({ project_id: projectId, pending: deliveryId })
    .update({ pending: null });
  return changed === 1;
}

/** Hooks with a delivery that waits, whose project is free now. */
export async function ready(db: Db, limit: number): Promise<InboundHook[]> {
  const rows = await db('inbound_hooks as h')
    .leftJoin('locks as l', 'l.project_id', 'h.project_id')
    .whereNotNull('h.pending')
    .whereNull('l.operation_id')
    .orderBy('h.pending')
    .limit(limit)
    .select('h.*');
  return rows.map(toHook);
}

function toHook(row: Record<string, unknown>): InboundHook {
  const number = (value: unknown) => (value === null ? null : Number(value));
  return {
    projectId: row.project_id as string,
    id: row.id as string,
    secret: row.secret as string,
    secretAt: number(row.secret_at),
    enabled: Boolean(row.enabled),
    production: Boolean(row.production),
    hold: Boolean(row.hold),
    branches: ((row.branches as string | null) ?? '').split('\n').filter(Boolean),
    hostIds: row.host_ids === null ? null : (JSON.parse(row.host_ids as string) as string[]),
    refused: Number(row.refused),
    refusedAt: number(row.refused_at),
    refusedFrom: row.refused_from as string | null,
    pending: row.pending as string | null,
  };
}
