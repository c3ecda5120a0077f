import { ulid } from 'ulid';
import type { Freeze, ScopeKind } from '../model/window.ts';
import type { Db } from './database.ts';

/** A freeze with who set it. */
export type KeptFreeze = Freeze & { by: string };

/** Those that end after a moment (epoch ms), the first to begin first. */
export async function endingAfter(db: Db, at: number): Promise<KeptFreeze[]> {
  const rows: Record<string, unknown>[] = await db('freezes').where('to_at', '>', at).orderBy('from_at');
  return rows.map(freezeOf);
}

/** Those that touch a time from `from` up to `to` (epoch ms). */
export async function between(db: Db, from: number, to: number): Promise<KeptFreeze[]> {
  return (await endingAfter(db, from)).filter((freeze) => freeze.from < to);
}

export async function byId(db: Db, id: string): Promise<KeptFreeze | null> {
  const row = await db('freezes').where({ id }).first();
  return row ? freezeOf(row) : null;
}

/** Gives its id. */
export async function add(db: Db, freeze: Omit<KeptFreeze, 'id'>): Promise<string> {
  const id = ulid();
  await db('freezes').insert({ id, ...columnsOf(freeze), by_name: freeze.by, created_at: Date.now() });
  return id;
}

export async function change(db: Db, id: string, freeze: Omit<Freeze, 'id'>): Promise<void> {
  await db('freezes').where({ id }).update(columnsOf(freeze));
}

export async function remove(db: Db, id: string): Promise<void> {
  await db('freezes').where({ id }).delete();
}

function columnsOf({ scope, from, to, reason }: Omit<Freeze, 'id'>) {
  return { scope: scope.kind, scope_id: scope.id, from_at: from, to_at: to, reason };
}

function freezeOf(row: Record<string, unknown>): KeptFreeze {
  return {
    id: row.id as string,
    scope: { kind: row.scope as ScopeKind, id: row.scope_id as string },
    from: Number(row.from_at),
    to: Number(row.to_at),
    reason: row.reason as string,
    by: row.by_name as string,
  };
}
