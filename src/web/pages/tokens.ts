import { ulid } from 'ulid';
import { z } from 'zod';
import { makeToken } from '../../auth/token.ts';
import { LONGEST_DAYS, scopes, type Token, USUAL_DAYS } from '../../model/token.ts';
import { record } from '../../store/audit.ts';
import * as groups from '../../store/groups.ts';
import { projectNames } from '../../store/project-names.ts';
import * as tokens from '../../store/tokens.ts';
import { isDuplicate, writing } from '../../store/transaction.ts';
import { checkbox, line, many } from '../form.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { readRanges } from '../setup/address-ranges.ts';
import { refused } from '../setup/refusal.ts';
import { rowId, whole } from '../setup/setup-fields.ts';

export const routes = [
  get('/profile/tokens', 'signed-in', own),
  post('/profile/tokens', 'signed-in', make, refused('token.make', own)),
  post('/profile/tokens/:token/revoke', 'signed-in', revoke),
  get('/tokens', 'admin', all),
];

const form = z.object({
  name: line(64),
  scopes: many(z.enum(scopes)),
  everywhere: checkbox,
  groups: many(rowId),
  projects: many(rowId),
  addresses: z.string().max(4000),
  days: whole(1, LONGEST_DAYS),
});

async function own(page: Page): Promise<void> {
  const seen = await projectNames(page.db, page.groupIds);
  const first = { name: '', scopes: ['read'], groups: [], projects: [], addresses: '' };
  const fields = page.fields({ ...first, everywhere: true, days: USUAL_DAYS });
  await page.render('tokens/own', {
    tokens: (await tokens.all(page.db, page.who.id)).map(shown),
    fields,
    problems: page.problems(fields),
    scopes,
    groups: await groups.all(page.db, page.groupIds),
    projects: seen.map(({ id, key }) => ({ id, name: key })),
  });
}

async function all(page: Page): Promise<void> {
  await page.render('tokens/all', { tokens: (await tokens.all(page.db)).map(shown) });
}

async function make(page: Page): Promise<void> {
  const typed = page.form(form);
  if (typed.scopes.length === 0) page.refuse({ field: 'scopes', code: 'scopes_needed' });
  const addresses = readRanges(page, 'addresses', typed.addresses);
  const { text, prefix, hash } = makeToken();
  const expiresAt = Date.now() + typed.days * 86_400_000;
  const facts = {
    name: typed.name,
    prefix,
    scopes: typed.scopes,
    reach: await reachOf(page, typed),
    addresses,
  };
  const token = { id: ulid(), userId: page.who.id, ...facts, expiresAt };
  try {
    await writing(page.db, async (trx) => {
      await tokens.add(trx, { ...token, hash });
      const entry = { action: 'token.make', object: `token:${prefix}` };
      await record(trx, page.audit({ ...entry, after: { ...facts, expiresAt } }));
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    page.refuse({ field: 'name', code: 'taken' });
  }
  await page.render('tokens/made', { name: typed.name, text });
}

/** Only what the person sees can be chosen: a token for a foreign group would be of no use anyhow. */
async function reachOf(page: Page, typed: z.output<typeof form>): Promise<Token['reach']> {
  if (typed.everywhere) return null;
  if (typed.groups.length + typed.projects.length === 0)
    page.refuse({ field: 'everywhere', code: 'reach_needed' });
  const known = new Set((await groups.all(page.db, page.groupIds)).map(({ id }) => id));
  const seen = new Set((await projectNames(page.db, page.groupIds)).map(({ id }) => id));
  if (!typed.groups.every((id) => known.has(id))) page.refuse({ field: 'groups', code: 'choice' });
  if (!typed.projects.every((id) => seen.has(id))) page.refuse({ field: 'projects', code: 'choice' });
  return { groups: typed.groups, projects: typed.projects };
}

async function revoke(page: Page): Promise<void> {
  page.form(z.object({}));
  const token = await tokens.byId(page.db, page.param('token'));
  if (!token || (token.userId !== page.who.id && !page.may('admin'))) return page.notFound();
  await writing(page.db, async (trx) => {
    if (!(await tokens.revoke(trx, token.id, page.who.username))) return;
    const entry = { action: 'token.revoke', object: `token:${token.prefix}` };
    await record(trx, page.audit({ ...entry, before: { name: token.name, userId: token.userId } }));
  });
  const back = token.userId === page.who.id ? '/profile/tokens' : '/tokens';
  page.redirect(back, { key: 'tokens.revoked_now', detail: { name: token.name } });
}

/** A token for a list: `state` names a text, `live` says whether it can still be revoked. */
function shown(token: tokens.OwnedToken) {
  const expired = token.expiresAt <= Date.now();
  const ended = token.ownerDisabled ? 'owner_gone' : expired ? 'expired' : 'active';
  return { ...token, live: token.revokedAt === null, state: token.revokedAt === null ? ended : 'revoked' };
}
