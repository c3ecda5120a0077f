import { z } from 'zod';
import { askedOf, refusals } from '../../deploy/admission.ts';
import { type Request as Launch, launch } from '../../deploy/launch.ts';
import { commitOf, withTicket } from '../../deploy/ticket-launch.ts';
import type { Operation, OperationHost } from '../../model/operation.ts';
import * as operationHosts from '../../store/operation-hosts.ts';
import { lineOrNone } from '../form.ts';
import { actionsOf } from '../operation/actions.ts';
import { refusalOf } from '../operation/refusal.ts';
import type { Page } from '../page.ts';
import { post } from '../route.ts';
import { operationOf, steersOperation } from '../subjects.ts';

export const routes = [
  post('/operations/:operation/resume', steersOperation, resume),
  post('/operations/:operation/retry', steersOperation, retry),
  post('/operations/:operation/rollback', steersOperation, rollback),
];

/** Made with the page: the same button pressed twice starts one operation. */
const pressedOnce = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'wrong');
const pass = lineOrNone(500).optional();
const againForm = z.object({ idempotencyKey: pressedOnce, pass });
const backForm = z.object({ idempotencyKey: pressedOnce, releaseId: pressedOnce, pass });
async function resume(page: Page): Promise<void> {
  const operation = await find(page);
  await startAgain(page, operation, 'resume', (await actions(page, operation)).resume);
}

async function retry(page: Page): Promise<void> {
  const operation = await find(page);
  await startAgain(page, operation, 'retry', (await actions(page, operation)).retry);
}

async function rollback(page: Page): Promise<void> {
  const form = page.form(backForm);
  const operation = await find(page);
  const back = (await actions(page, operation)).rollback.find(
    ({ releaseId }) => releaseId === form.releaseId,
  );
  await start(page, operation, {
    kind: 'rollback',
    hostIds: idsOf(back?.hosts ?? []),
    releaseId: form.releaseId,
    relation: 'rollback',
    idempotencyKey: form.idempotencyKey,
    pass: form.pass ?? null,
  });
}

/** The same on some of the hosts: the same release, or where none was built yet, the same commit or ref. */
async function startAgain(
  page: Page,
  operation: Operation,
  relation: 'resume' | 'retry',
  hosts: OperationHost[],
): Promise<void> {
  const { idempotencyKey, pass } = page.form(againForm);
  const ref = operation.kind === 'deploy' ? commitOf(operation) : null;
  const kind = operation.kind as Launch['kind'];
  const { releaseId } = operation;
  const { strategy } = operation.snapshot.project.settings;
  const { arrival, gone, restart, promotion, process } = operation.snapshot.params;
  const same = { kind, ref, releaseId, strategy, params: { arrival, gone, restart, promotion, process } };
  await start(page, operation, { ...same, hostIds: idsOf(hosts), relation, idempotencyKey, pass });
}

type Wanted = Pick<
  Launch,
  'kind' | 'hostIds' | 'ref' | 'releaseId' | 'relation' | 'idempotencyKey' | 'strategy' | 'params' | 'pass'
>;

async function start(page: Page, from: Operation, wanted: Wanted): Promise<void> {
  const { projectId, id: fromOperation } = from;
  try {
    const request = { by: page.who, ip: page.req.ip ?? null, requestId: String(page.req.id) };
    const next = await launch(page.db, { ...wanted, ...request, projectId, fromOperation });
    page.redirect(`/operations/${next.id}`);
  } catch (error) {
    const { idempotencyKey, releaseId = null } = wanted;
    const mayPass = await isPassable(page, from, { ...wanted, projectId, fromOperation, by: page.who });
    const again = {
      action: page.req.path,
      idempotencyKey,
      releaseId: wanted.kind === 'rollback' && releaseId,
    };
    await refuseOperation(page, from, error, mayPass ? again : null);
  }
}

/** True where the person is an administrator and a reason would let it begin. */
async function isPassable(page: Page, from: Operation, request: Launch): Promise<boolean> {
  if (!page.may('admin')) return false;
  const { kind, relation = null } = request;
  const { ticketId = null } = await withTicket(page.db, request);
  const next = { kind, relation, ticketId, personId: page.who.id, operationId: null };
  const asked = { ...askedOf(from, 'launch'), ...next };
  const found = await refusals(page.db, asked);
  return found.length > 0 && found.every(({ passable }) => passable);
}

/** @param again the same form, to be sent with a reason to pass; null where none helps */
export async function refuseOperation(
  page: Page,
  operation: Operation,
  error: unknown,
  again: Record<string, unknown> | null = null,
): Promise<void> {
  const { message, status } = refusalOf(page, error);
  await page.render('operation/refused', { message, operation, again }, status);
}

async function actions(page: Page, operation: Operation) {
  return actionsOf(operation, await operationHosts.ofOperation(page.db, operation.id));
}

function idsOf(hosts: OperationHost[]): string[] {
  return hosts.map((host) => host.hostId);
}

async function find(page: Page): Promise<Operation> {
  return (await operationOf(page)) ?? page.notFound();
}
