import { setTimeout as pause } from 'node:timers/promises';
import type { Db } from './database.ts';

const MYSQL_AGAIN = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD']);

/**
 * Runs `work` in one transaction and commits it. Where another writer was in the way (SQLITE_BUSY; a deadlock or
 * a Galera conflict, MySQL 1213; a lock wait, 1205) the whole transaction is tried again, for about ten seconds.
 * `work` must have no effects outside the database. Inside an open transaction it simply joins it.
 */
export async function writing<T>(db: Db, work: (trx: Db) => Promise<T>): Promise<T> {
  if (db.isTransaction) return work(db);
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction((trx) => work(trx as unknown as Db));
    } catch (error) {
      if (!isBusy(error) || attempt >= 40) throw error;
      await pause(10 + Math.random() * Math.min(attempt * 20, 400));
    }
  }
}

/** True where the database says that another writer was in the way and nothing was changed. */
export function isBusy(error: unknown): boolean {
  const code = String((error as { code?: unknown })?.code ?? '');
  return code.startsWith('SQLITE_BUSY') || MYSQL_AGAIN.has(code);
}

/** True where a unique key was hit, on either database. */
export function isDuplicate(error: unknown): boolean {
  const code = String((error as { code?: unknown })?.code ?? '');
  return (
    code === 'ER_DUP_ENTRY' ||
    /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(code) ||
    isPlainConstraint(error, code)
  );
}

function isPlainConstraint(error: unknown, code: string): boolean {
  return code === 'SQLITE_CONSTRAINT' && /UNIQUE|PRIMARY/.test(String((error as Error).message));
}
