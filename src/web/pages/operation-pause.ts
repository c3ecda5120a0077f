import { z } from 'zod';
import * as audit from '../../store/audit.ts';
import * as pauses from '../../store/pauses.ts';
import { writing } from '../../store/transaction.ts';
import { lineOrNone } from '../form.ts';
import type { Page } from '../page.ts';
import { post } from '../route.ts';
import { operationOf, steersOperation } from '../subjects.ts';
import { show } from './operation.ts';

export const routes = [
  post('/operations/:operation/pause', steersOperation, pause, show),
  post('/operations/:operation/continue', steersOperation, proceed),
];

const pauseForm = z.object({ pauseReason: lineOrNone(500).optional() });

/** Pressed too late it changes nothing: the page tells what is. */
async function pause(page: Page): Promise<void> {
  const { pauseReason } = page.form(pauseForm);
  const { id } = (await operationOf(page)) ?? page.notFound();
  const reason = pauseReason ?? null;
  await writing(page.db, async (trx) => {
    const asked = await pauses.request(trx, id, page.who.displayName, reason);
    const entry = { action: 'operation.pause', object: `operation:${id}`, reason };
    if (asked) await audit.record(trx, page.audit(entry));
  });
  page.redirect(`/operations/${id}`);
}

async function proceed(page: Page): Promise<void> {
  const { id } = (await operationOf(page)) ?? page.notFound();
  await writing(page.db, async (trx) => {
    const told = await pauses.resume(trx, id, page.who.displayName);
    const entry = { action: 'operation.continue', object: `operation:${id}` };
    if (told) await audit.record(trx, page.audit(entry));
  });
  page.redirect(`/operations/${id}`);
}
