import { ulid } from 'ulid';
import {
  defaultRules,
  type Scope,
  type ScopeKind,
  type WindowRules,
  type WindowSet,
} from '../model/window.ts';
import { readExtra, readWeekly } from '../model/window-text.ts';
import type { Db } from './database.ts';

/** A window as it was typed. */
export type TypedWindow = { scope: Scope; zone: string; hours: string; extra: string };

/** Windows for the rules, with what was typed for their form. */
export type KeptWindow = WindowSet & Pick<TypedWindow, 'hours'> & { extraText: string };

export async function all(db: Db): Promise<KeptWindow[]> {
  const rows: Record<string, unknown>[] = await db('windows').orderBy(['scope', 'scope_id']);
  return rows.map(windowOf);
}

export async function byId(db: Db, id: string): Promise<KeptWindow | null> {
  const row = await db('windows').where({ id }).first();
  return row ? windowOf(row) : null;
}

/** Gives its id. A second one for the same scope hits the unique key (`isDuplicate`). */
export async function add(db: Db, typed: TypedWindow): Promise<string> {
  const id = ulid();
  await db('windows').insert({ id, ...columnsOf(typed) });
  return id;
}

export async function change(db: Db, id: string, typed: TypedWindow): Promise<void> {
  await db('windows').where({ id }).update(columnsOf(typed));
}

export async function remove(db: Db, id: string): Promise<void> {
  await db('windows').where({ id }).delete();
}

export async function rules(db: Db): Promise<WindowRules> {
  const row = await db('window_rules').where({ id: 'all' }).first();
  return row ? { ...defaultRules, ...(JSON.parse(row.rules) as WindowRules) } : defaultRules;
}

export async function setRules(db: Db, to: WindowRules): Promise<void> {
  const row = { id: 'all', rules: JSON.stringify(to) };
  await db('window_rules').insert(row).onConflict('id').merge(['rules']);
}

function columnsOf({ scope, zone, hours, extra }: TypedWindow) {
  return { scope: scope.kind, scope_id: scope.id, zone, hours, extra, changed_at: Date.now() };
}

/** Hours that cannot be read were never kept: a window without any is never open. */
function windowOf(row: Record<string, unknown>): KeptWindow {
  const [hours, extraText] = [String(row.hours), String(row.extra)];
  const [weekly, extra] = [readWeekly(hours), readExtra(extraText)];
  return {
    id: row.id as string,
    scope: { kind: row.scope as ScopeKind, id: row.scope_id as string },
    zone: row.zone as string,
    weekly: Array.isArray(weekly) ? weekly : [],
    extra: Array.isArray(extra) ? extra : [],
    ...{ hours, extraText },
  };
}
