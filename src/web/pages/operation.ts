import { z } from 'zod';
import { unlock as takeLock } from '../../deploy/unlock.ts';
import type { Operation } from '../../model/operation.ts';
import * as audit from '../../store/audit.ts';
import * as operations from '../../store/operations.ts';
import { writing } from '../../store/transaction.ts';
import { line, lineOrNone } from '../form.ts';
import { logPane } from '../operation/log-pane.ts';
import { load, operationModel } from '../operation/view.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { operationOf, seesOperation, steersOperation } from '../subjects.ts';
import { refuseOperation } from './operation-again.ts';

export const routes = [
  get('/operations/:operation', seesOperation, show),
  get('/operations/:operation/part', seesOperation, part),
  post('/operations/:operation/cancel', steersOperation, cancel, show),
  post('/operations/:operation/unlock', steersOperation, unlock, show),
];

const unlockForm = z.object({ reason: line(500) });
const cancelForm = z.object({ cancelReason: lineOrNone(500).optional() });
const empty = { reason: '', pauseReason: '', cancelReason: '' };

/** The whole page of an operation. */
export async function show(page: Page): Promise<void> {
  const loaded = await load(page, await find(page));
  const log = await logPane(page, loaded);
  const model = await operationModel(page, loaded);
  const fields = page.fields(empty);
  await page.render('operation/show', { ...model, ...log, fields, problems: page.problems() });
}

/** Everything but the log, for the page's own script. */
async function part(page: Page): Promise<void> {
  const loaded = await load(page, await find(page));
  const model = await operationModel(page, loaded);
  await page.render('operation/part', { ...model, fields: page.fields(empty) });
}

/** Who ends what somebody else began says why. */
async function cancel(page: Page): Promise<void> {
  const operation = await find(page);
  const reason = page.form(cancelForm).cancelReason ?? null;
  if (operation.requestedBy !== page.who.id && reason === null)
    page.refuse({ field: 'cancelReason', code: 'required' });
  await writing(page.db, async (trx) => {
    const asked = await operations.requestCancel(trx, operation.id, page.who.displayName);
    const entry = { action: 'operation.cancel', object: `operation:${operation.id}`, reason };
    if (asked) await audit.record(trx, page.audit(entry));
  });
  page.redirect(`/operations/${operation.id}`);
}

async function unlock(page: Page): Promise<void> {
  const { reason } = page.form(unlockForm);
  const operation = await find(page);
  try {
    const from = [page.req.ip ?? null, String(page.req.id)] as const;
    const next = await takeLock(page.db, operation.id, page.who, reason, ...from);
    page.redirect(`/operations/${next.id}`);
  } catch (error) {
    await refuseOperation(page, operation, error);
  }
}

async function find(page: Page): Promise<Operation> {
  return (await operationOf(page)) ?? page.notFound();
}
