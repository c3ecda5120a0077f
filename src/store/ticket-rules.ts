import type { Db } from './database.ts';

/** Where a ticket is needed for production: an environment (by name) or a group (by id). */
export type RuleScope = 'group' | 'environment';

export async function isNeeded(db: Db, scope: RuleScope, object: string): Promise<boolean> {
  return Boolean(await db('ticket_rules').where({ scope, object }).first());
}

export async function setNeeded(trx: Db, scope: RuleScope, object: string, needed: boolean): Promise<void> {
  if (!needed) await trx('ticket_rules').where({ scope, object }).delete();
  else await trx('ticket_rules').insert({ scope, object }).onConflict(['scope', 'object']).ignore();
}
