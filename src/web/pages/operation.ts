import { z } from 'zod';
import { askedOf, refusals } from '../../deploy/admission.ts';
import { type Request as Launch, launch } from '../../deploy/launch.ts';
import { unlock as takeLock } from '../../deploy/unlock.ts';
import type { Operation, OperationHost } from '../../model/operation.ts';
import * as audit from '../../store/audit.ts';
import * as operationHosts from '../../store/operation-hosts.ts';
import * as operations from '../../store/operations.ts';
import { writing } from '../../store/transaction.ts';
import { line, lineOrNone } from '../form.ts';
import { actionsOf } from '../operation/actions.ts';
import { logPane } from '../operation/log-pane.ts';
import { refusalOf } from '../operation/refusal.ts';
import { load, operationModel } from '../operation/view.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { operationOf, seesOperation, steersOperation } from '../subjects.ts';

export const routes = [
  get('/operations/:operation', seesOperation, show),
  get('/operations/:operation/part', seesOperation, part),
  post('/operations/:operation/cancel', steersOperation, cancel),
  post('/operations/:operation/resume', steersOperation, resume),
  post('/operations/:operation/retry', steersOperation, retry),
  post('/operations/:operation/rollback', steersOperation, rollback),
  post('/operations/:operation/unlock', steersOperation, unlock, show),
];

/** Made with the page: the same button pressed twice starts one operation. */
const pressedOnce = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'wrong');
const pass = lineOrNone(500).optional();
const againForm = z.object({ idempotencyKey: pressedOnce, pass });
const backForm = z.object({ idempotencyKey: pressedOnce, releaseId: pressedOnce, pass });
const unlockForm = z.object({ reason: line(500) });

/** The whole page of an operation. */
export async function show(page: Page): Promise<void> {
  const loaded = await load(page, await find(page));
  const log = await logPane(page, loaded);
  const model = await operationModel(page, loaded);
  const fields = page.fields({ reason: '', pauseReason: '' });
  await page.render('operation/show', { ...model, ...log, fields, problems: page.problems() });
}

/** Everything but the log, for the page's own script. */
async function part(page: Page): Promise<void> {
  const loaded = await load(page, await find(page));
  const model = await operationModel(page, loaded);
  await page.render('operation/part', { ...model, fields: page.fields({ reason: '', pauseReason: '' }) });
}

async function cancel(page: Page): Promise<void> {
  const operation = await find(page);
  await writing(page.db, async (trx) => {
    const asked = await operations.requestCancel(trx, operation.id, page.who.displayName);
    const entry = { action: 'operation.cancel', object: `operation:${operation.id}` };
    if (asked) await audit.record(trx, page.audit(entry));
  });
  page.redirect(`/operations/${operation.id}`);
}

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

async function unlock(page: Page): Promise<void> {
  const { reason } = page.form(unlockForm);
  const operation = await find(page);
  try {
    const from = [page.req.ip ?? null, String(page.req.id)] as const;
    const next = await takeLock(page.db, operation.id, page.who, reason, ...from);
    page.redirect(`/operations/${next.id}`);
  } catch (error) {
    await refuse(page, operation, error);
  }
}

/** The same on some of the hosts: the same release, or where none was built yet, the same commit or ref. */
async function startAgain(
  page: Page,
  operation: Operation,
  relation: 'resume' | 'retry',
  hosts: OperationHost[],
): Promise<void> {
  const { idempotencyKey, pass } = page.form(againForm);
  const ref = operation.kind === 'deploy' ? (operation.commit ?? operation.ref) : null;
  const kind = operation.kind as Launch['kind'];
  const { releaseId } = operation;
  const { strategy } = operation.snapshot.project.settings;
  const { arrival, gone, restart, promotion } = operation.snapshot.params;
  const same = { kind, ref, releaseId, strategy, params: { arrival, gone, restart, promotion } };
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
    const mayPass = await isPassable(page, from, wanted);
    const again = {
      action: page.req.path,
      idempotencyKey,
      releaseId: wanted.kind === 'rollback' && releaseId,
    };
    await refuse(page, from, error, mayPass ? again : null);
  }
}

/** True where the person is an administrator and a reason would let it begin. */
async function isPassable(page: Page, from: Operation, { kind, relation = null }: Wanted): Promise<boolean> {
  if (!page.may('admin')) return false;
  const asked = { ...askedOf(from, 'launch'), kind, relation, personId: page.who.id, operationId: null };
  const found = await refusals(page.db, asked);
  return found.length > 0 && found.every(({ passable }) => passable);
}

/** @param again the same form, to be sent with a reason to pass; null where none helps */
async function refuse(
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
