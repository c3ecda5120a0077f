import { type ApproverRule, usualApprovers } from '../model/approvers.ts';
import { mayApprove, type Ticket } from '../model/ticket.ts';
import type { Db } from './database.ts';
import * as grants from './grants.ts';
import * as users from './users.ts';

/** Whose tickets: a group's (by id), or a project's (by id), which wins. */
export type ApproverScope = 'group' | 'project';

/** What was chosen; null: nothing. */
export async function chosen(db: Db, scope: ApproverScope, object: string): Promise<ApproverRule | null> {
  return (await rulesOf(db, scope, [object])).get(object) ?? null;
}

/** Chooses, or with null leaves it to what is usual. */
export async function choose(
  trx: Db,
  scope: ApproverScope,
  object: string,
  rule: ApproverRule | null,
): Promise<void> {
  await trx('approvers').where({ scope, object }).delete();
  await trx('approver_rules').where({ scope, object }).delete();
  if (rule === null) return;
  await trx('approver_rules').insert({ scope, object, admins: rule.admins });
  for (const id of rule.people ?? []) await trx('approvers').insert({ scope, object, user_id: id });
}

/** The rule in force for each of these projects: its own, its group's, or the usual one. */
export async function inForce(
  db: Db,
  all: readonly { projectId: string; groupId: string }[],
): Promise<(of: { projectId: string; groupId: string }) => ApproverRule> {
  const own = await rulesOf(db, 'project', [...new Set(all.map(({ projectId }) => projectId))]);
  const groups = await rulesOf(db, 'group', [...new Set(all.map(({ groupId }) => groupId))]);
  return ({ projectId, groupId }) => own.get(projectId) ?? groups.get(groupId) ?? usualApprovers;
}

/** Everybody who can decide about a ticket now, by name. */
export async function deciders(db: Db, ticket: Ticket): Promise<string[]> {
  const held = await grants.byUser(db);
  const there = (await users.all(db)).filter(({ disabledAt }) => disabledAt === null);
  return there
    .filter((user) => mayApprove({ ...user, grants: held.get(user.id) ?? [] }, ticket))
    .map(({ displayName }) => displayName);
}

async function rulesOf(db: Db, scope: ApproverScope, objects: string[]): Promise<Map<string, ApproverRule>> {
  const rules = await db('approver_rules').where({ scope }).whereIn('object', objects);
  if (rules.length === 0) return new Map();
  const people = await db('approvers').where({ scope }).whereIn('object', objects).orderBy('user_id');
  return new Map(
    rules.map(({ object, admins }) => {
      const own = people.filter((row) => row.object === object).map((row) => row.user_id as string);
      return [object, { people: own.length === 0 ? null : own, admins: Boolean(admins) }];
    }),
  );
}
