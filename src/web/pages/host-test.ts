import { z } from 'zod';
import { CedarError } from '../../errors.ts';
import { hasText } from '../../i18n/index.ts';
import type { Host } from '../../model/host.ts';
import * as audit from '../../store/audit.ts';
import * as hosts from '../../store/hosts.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { hostName } from '../setup/host-form.ts';
import { hostOf, inForce } from '../setup/host-of.ts';
import { answerOf, ask, questionOf, renderQuestion } from '../setup/question-page.ts';

export const routes = [
  post('/hosts/:host/test', 'admin', test),
  get('/hosts/:host/test/:question', 'admin', show),
  post('/hosts/:host/test/:question/name', 'admin', takeName),
];

/** What the worker answers to `host-test`. */
type Tested = { checks: Check[]; hostname: string };
type Check = { name: string; ok: boolean; detail: string; remedy: string };

const testForm = z.object({ environment: z.string().max(24) });

async function test(page: Page): Promise<void> {
  const host = await hostOf(page);
  page.redirect(await askTest(page, host, page.form(testForm).environment));
}

/**
 * Has the settings in force for an environment tried on a machine. Answers where the outcome will be shown.
 * @throws CedarError `host_not_pinned` (409)
 */
export async function askTest(page: Page, host: Host, environment: string): Promise<string> {
  if (host.hostKey === null) throw new CedarError('host_not_pinned', { host: host.name }, 409);
  const settings = await inForce(page, host, environment || null);
  const { address, hostKey, name: hostName, weakSsh } = host;
  const args = { address, hostKey, settings, hostName, ...(weakSsh && { weak: true }) };
  return `/hosts/${host.id}/test/${await ask(page, 'host-test', args)}`;
}

async function show(page: Page): Promise<void> {
  const host = await hostOf(page);
  await renderQuestion<Tested>(page, 'hosts/test', await asked(page, host), (answer) => ({
    host,
    checks: (answer?.checks ?? []).map((check) => checkRow(page, check)),
    newName: answer && newName(host, answer.hostname),
  }));
}

/** Gives the host the name that the machine itself told. */
async function takeName(page: Page): Promise<void> {
  const host = await hostOf(page);
  const name = newName(host, answerOf<Tested>(await asked(page, host)).hostname) ?? page.notFound();
  await writing(page.db, async (trx) => {
    await hosts.update(trx, host.id, { ...host, name });
    const entry = { action: 'host.change', object: `host:${host.id}` };
    await audit.record(trx, page.audit({ ...entry, before: { name: host.name }, after: { name } }));
  });
  page.redirect(`/hosts/${host.id}/test/${page.param('question')}`, { key: 'hosts.named', detail: { name } });
}

function asked(page: Page, host: Host) {
  return questionOf(page, 'host-test', (args) => args.address === host.address);
}

/** The machine's own name, where the host goes by its address until now. */
function newName(host: Host, hostname: string): string | null {
  const name = hostName.safeParse(hostname.trim().toLowerCase());
  return host.name === host.address && name.success ? name.data : null;
}

function checkRow(page: Page, check: Check) {
  const text = (key: string, plain: string) => (hasText(key) ? page.t(key) : plain);
  return {
    ok: check.ok,
    label: text(`hosts.check.${check.name}`, check.name),
    // a single word is one of the test's own; a code with its detail says less than its remedy does
    detail: /^[a-z_]+$/.test(check.detail)
      ? text(`hosts.found.${check.detail}`, check.detail)
      : check.detail.replace(/^[a-z_-]+ \{.*\}$/s, ''),
    remedy: check.remedy && text(`hosts.remedy.${remedyOf(check)}`, check.remedy),
  };
}

/** sshd answers alike for a missing socket and for too many channels; here there are few. */
function remedyOf({ name, remedy }: Check): string {
  return name.startsWith('supervisor_') && remedy === 'ssh_channels' ? 'no_socket' : remedy;
}
