import { z } from 'zod';
import { CedarError } from '../../errors.ts';
import * as arrivals from '../../store/arrivals.ts';
import * as audit from '../../store/audit.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { post } from '../route.ts';

export const routes = [
  post('/arrivals/:arrival/accept', 'admin', accept),
  post('/arrivals/:arrival/forget', 'admin', forget),
];

const acceptForm = z.object({ fingerprint: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'choice') });

/** Trusts the key that a waiting machine showed: the next call that brings it in succeeds. */
async function accept(page: Page): Promise<void> {
  const { hostId, address } = await waitingHere(page);
  const { fingerprint } = page.form(acceptForm);
  await writing(page.db, async (trx) => {
    if (!(await arrivals.accept(trx, hostId, fingerprint, page.who.username)))
      throw new CedarError('arrival_changed', { address }, 409);
    const entry = { action: 'arrival.accept', object: `host:${hostId}`, after: { address, fingerprint } };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect('/hosts', { key: 'arrivals.accepted', detail: { address } });
}

async function forget(page: Page): Promise<void> {
  const { hostId, address, fingerprint } = await waitingHere(page);
  await writing(page.db, async (trx) => {
    await arrivals.forget(trx, hostId);
    const entry = { action: 'arrival.forget', object: `host:${hostId}`, before: { address, fingerprint } };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect('/hosts', { key: 'arrivals.forgotten', detail: { address } });
}

async function waitingHere(page: Page): Promise<arrivals.Waiting> {
  return (await arrivals.byId(page.db, page.param('arrival'))) ?? page.notFound();
}
