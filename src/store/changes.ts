import { eventOf, isScaling, isTold, toldOf } from '../model/change.ts';
import { type ClosedPush, toldOfClosedPush } from '../model/closed-push.ts';
import type { Operation, OperationHost } from '../model/operation.ts';
import { type PassedOperation, toldOfPass } from '../model/passed.ts';
import type { Project } from '../model/project.ts';
import type { NewsPlace } from '../model/route.ts';
import { readClock } from './clock.ts';
import type { Db } from './database.ts';
import { isProduction } from './environments.ts';
import { hearers } from './news-routes.ts';
import * as operationHosts from './operation-hosts.ts';
import * as operations from './operations.ts';
import { add, put } from './outbox.ts';
import { type Receiver, receivers } from './receivers.ts';
import * as tickets from './tickets.ts';

/**
 * Tells that an operation is in a state now, in the transaction that brought it there: receivers of changes each
 * time, the robots of people when it has ended. Said twice of one state, it is told once, unless the operation
 * waited in between.
 */
export async function operationChanged(trx: Db, operationId: string): Promise<void> {
  const listeners = await listening(trx);
  if (!listeners.robots && listeners.receivers.length === 0) return;
  const operation = await operations.byId(trx, operationId);
  if (!operation) return;
  const hosts = await operationHosts.ofOperation(trx, operationId);
  const moment = operation.pausedAt ?? (await pauses(trx, operationId));
  const dedupeKey = `operation:${operationId}:${operation.state}:${moment}`;
  if (operation.finishedAt !== null && listeners.robots) await tellPeople(trx, operation, hosts, dedupeKey);
  const event = eventOf(operation, hosts, await readClock(trx));
  for (const { id, groupId } of listeners.receivers) {
    if (groupId !== null && groupId !== operation.groupId) continue;
    await put(trx, { channelId: id, topic: 'change', dedupeKey, body: { event }, operationId });
  }
}

/** Tells the group's robot that an admin let an operation begin that rules would have refused. */
export async function operationPassed(trx: Db, groupId: string, passed: PassedOperation): Promise<void> {
  const { operationId } = passed;
  const notice = { topic: 'passed', told: toldOfPass(passed), dedupeKey: `passed:${operationId}` };
  const news = { kind: 'passed' as const, place: await placeOf(trx, operationId, groupId) };
  await add(trx, { ...notice, operationId, news });
}

async function placeOf(trx: Db, operationId: string, groupId: string): Promise<NewsPlace> {
  const row = await trx('operations as o')
    .join('environments as e', 'e.name', 'o.environment')
    .where('o.id', operationId)
    .first('o.environment', 'e.production');
  return { groupId, environment: row?.environment ?? '', production: Boolean(row?.production) };
}

/** Tells the group's robot of a push that came while the window was closed. */
export async function pushMetClosed(
  trx: Db,
  project: Pick<Project, 'groupId' | 'environment'>,
  push: ClosedPush,
) {
  const { groupId, environment } = project;
  const place = { groupId, environment, production: await isProduction(trx, environment) };
  const dedupeKey = `push:${push.deliveryId}`;
  const notice = { topic: 'push', told: toldOfClosedPush(push), dedupeKey };
  await add(trx, { ...notice, news: { kind: 'push', place } });
}

/** Counts up with every wait that was told. */
async function pauses(trx: Db, operationId: string): Promise<number> {
  const row = await trx('notices')
    .where({ operation_id: operationId })
    .where('dedupe_key', 'like', `operation:${operationId}:paused:%`)
    .count({ n: '*' })
    .first();
  return Number(row?.n ?? 0);
}

type Listeners = { robots: boolean; receivers: Receiver[] };

async function listening(trx: Db): Promise<Listeners> {
  const robots = (await trx('audiences').first('audience')) ?? (await trx('news_routes').first('id'));
  return { robots: robots !== undefined, receivers: await receivers(trx) };
}

async function tellPeople(
  trx: Db,
  operation: Operation,
  hosts: readonly OperationHost[],
  dedupeKey: string,
): Promise<void> {
  const { groupId, environment, snapshot, kind } = operation;
  const place = { groupId, environment, production: snapshot.project.production };
  const news = { kind: isScaling(kind) ? ('scaling' as const) : ('operation' as const), place };
  if (!isTold(operation) || (await hearers(trx))(news.kind, place).length === 0) return;
  const ticket = operation.ticketId ? await tickets.byId(trx, operation.ticketId) : null;
  const told = toldOf(operation, hosts, ticket?.applicantName ?? null);
  const notice = { topic: 'operation', told, operationId: operation.id, dedupeKey };
  await add(trx, { ...notice, news });
}
