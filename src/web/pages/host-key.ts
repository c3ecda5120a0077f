import { z } from 'zod';
import type { Host } from '../../model/host.ts';
import * as audit from '../../store/audit.ts';
import * as hosts from '../../store/hosts.ts';
import { writing } from '../../store/transaction.ts';
import { lineOrNone } from '../form.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { hostOf, inForce } from '../setup/host-of.ts';
import { answerOf, ask, questionOf, renderQuestion } from '../setup/question-page.ts';
import { refused } from '../setup/refusal.ts';
import { askTest } from './host-test.ts';

export const routes = [
  post('/hosts/:host/key', 'admin', look),
  get('/hosts/:host/key/:question', 'admin', show),
  post('/hosts/:host/key/:question', 'admin', accept, refused('host.pin', show)),
];

/** What the worker answers to `host-key`. */
type ShownKey = { key: string; fingerprint: string; algorithm: string };

const lookForm = z.object({ environment: z.string().max(24) });
const acceptForm = z.object({
  fingerprint: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'choice'),
  reason: lineOrNone(500).optional(),
  environment: z.string().max(24),
});

async function look(page: Page): Promise<void> {
  const host = await hostOf(page);
  page.redirect(await askKey(page, host, page.form(lookForm).environment));
}

/** Asks for the key of a machine, by the ssh port in force for an environment. Answers where it will be shown. */
export async function askKey(page: Page, host: Host, environment: string): Promise<string> {
  const { sshPort } = await inForce(page, host, environment || null);
  const question = await ask(page, 'host-key', {
    ...{ address: host.address, port: sshPort },
    ...(host.weakSsh && { weak: true }),
  });
  return `/hosts/${host.id}/key/${question}?environment=${encodeURIComponent(environment)}`;
}

async function show(page: Page): Promise<void> {
  const host = await hostOf(page);
  const question = await asked(page, host);
  const fields = page.fields({ reason: '', environment: page.query('environment') });
  await renderQuestion<ShownKey>(page, 'hosts/key', question, (answer) => ({
    host,
    port: question.args.port,
    fields,
    problems: page.problems(fields),
    change: changeOf(host, answer),
  }));
}

/** Pins the key that was shown: the form names its fingerprint. Another key in place of one takes a reason (S83). */
async function accept(page: Page): Promise<void> {
  const host = await hostOf(page);
  const shown = answerOf<ShownKey>(await asked(page, host));
  const { fingerprint, reason, environment } = page.form(acceptForm);
  if (fingerprint !== shown.fingerprint) page.refuse({ field: 'fingerprint', code: 'choice' });
  if (changeOf(host, shown) === 'other' && !reason) page.refuse({ field: 'reason', code: 'required' });
  const pinned = await writing(page.db, async (trx) => {
    const before = { fingerprint: host.hostKeyFingerprint };
    const entry = { action: 'host.pin', object: `host:${host.id}`, before, after: { fingerprint } };
    await audit.record(trx, page.audit({ ...entry, reason: reason ?? null }));
    return hosts.pin(trx, host.id, { ...shown, by: page.who.username });
  });
  page.redirect(await askTest(page, pinned, environment), {
    key: 'hosts.pinned',
    detail: { name: host.name },
  });
}

async function asked(page: Page, host: Host) {
  return questionOf(page, 'host-key', (args) => args.address === host.address);
}

function changeOf(host: Host, shown: ShownKey | null): 'first' | 'same' | 'other' {
  if (host.hostKey === null) return 'first';
  return host.hostKey === shown?.key ? 'same' : 'other';
}
