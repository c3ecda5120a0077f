import { z } from 'zod';
import * as audit from '../../store/audit.ts';
import * as gitServers from '../../store/git-servers.ts';
import { writing } from '../../store/transaction.ts';
import { lineOrNone } from '../form.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { judgeGitUrl } from '../setup/git-url.ts';
import { answerOf, ask, questionOf, renderQuestion } from '../setup/question-page.ts';
import { refused } from '../setup/refusal.ts';

export const routes = [
  get('/git-servers', 'admin', list),
  post('/git-servers', 'admin', look, refused('git-server.look', list)),
  post('/git-servers/forget', 'admin', forget),
  get('/git-servers/:question', 'admin', show),
  post('/git-servers/:question', 'admin', accept, refused('git-server.pin', show)),
];

/** What the worker answers to `git-key`. `server` is `host:port`. */
type ShownKey = { server: string; key: string; fingerprint: string };

const lookForm = z.object({ gitUrl: z.string().trim().min(1).max(512) });
const acceptForm = z.object({
  fingerprint: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'choice'),
  reason: lineOrNone(500).optional(),
});
const forgetForm = z.object({ server: z.string().min(1).max(260) });

async function list(page: Page): Promise<void> {
  const fields = page.fields({ gitUrl: '' });
  const servers = await gitServers.all(page.db);
  await page.render('git-servers/list', { servers, fields, problems: page.problems(fields) });
}

async function look(page: Page): Promise<void> {
  const address = judgeGitUrl(page, page.form(lookForm).gitUrl);
  if (address.kind !== 'ssh') page.refuse({ field: 'gitUrl', code: 'git_not_ssh' });
  page.redirect(`/git-servers/${await ask(page, 'git-key', { gitUrl: address.url })}`);
}

async function show(page: Page): Promise<void> {
  const fields = page.fields({ reason: '' });
  const question = await asked(page);
  const pinned = await pinnedBefore(page, question.answer as ShownKey | null);
  await renderQuestion<ShownKey>(page, 'git-servers/key', question, (answer) => ({
    gitUrl: question.args.gitUrl,
    fields,
    problems: page.problems(fields),
    change: changeOf(pinned, answer),
    pinned,
  }));
}

/** Pins the key that was shown: the form names its fingerprint. Another key in place of one takes a reason. */
async function accept(page: Page): Promise<void> {
  const shown = answerOf<ShownKey>(await asked(page));
  const { fingerprint, reason } = page.form(acceptForm);
  if (fingerprint !== shown.fingerprint) page.refuse({ field: 'fingerprint', code: 'choice' });
  const pinned = await pinnedBefore(page, shown);
  if (changeOf(pinned, shown) === 'other' && !reason) page.refuse({ field: 'reason', code: 'required' });
  await writing(page.db, async (trx) => {
    await gitServers.pin(trx, { ...shown, by: page.who.username });
    const before = { fingerprint: pinned?.fingerprint ?? null };
    const entry = { action: 'git-server.pin', object: `git-server:${shown.server}`, before };
    await audit.record(trx, page.audit({ ...entry, after: { fingerprint }, reason: reason ?? null }));
  });
  page.redirect('/git-servers', { key: 'git-servers.pinned', detail: { server: shown.server } });
}

async function forget(page: Page): Promise<void> {
  const { server } = page.form(forgetForm);
  const known = (await gitServers.byServer(page.db, server)) ?? page.notFound();
  await writing(page.db, async (trx) => {
    await gitServers.remove(trx, server);
    const before = { fingerprint: known.fingerprint };
    await audit.record(
      trx,
      page.audit({ action: 'git-server.forget', object: `git-server:${server}`, before }),
    );
  });
  page.redirect('/git-servers', { key: 'git-servers.forgotten', detail: { server } });
}

function asked(page: Page) {
  return questionOf(page, 'git-key', () => true);
}

async function pinnedBefore(page: Page, shown: ShownKey | null): Promise<gitServers.GitServer | null> {
  return shown?.server ? gitServers.byServer(page.db, shown.server) : null;
}

function changeOf(pinned: gitServers.GitServer | null, shown: ShownKey | null): 'first' | 'same' | 'other' {
  if (pinned === null) return 'first';
  return pinned.hostKey === shown?.key ? 'same' : 'other';
}
