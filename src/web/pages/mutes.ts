import { z } from 'zod';
import type { Mute, MuteScope } from '../../model/mute.ts';
import { holds } from '../../model/mute.ts';
import { readWeekly } from '../../model/window-text.ts';
import * as audit from '../../store/audit.ts';
import * as hosts from '../../store/hosts.ts';
import * as mutes from '../../store/mutes.ts';
import { writing } from '../../store/transaction.ts';
import { line } from '../form.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { refused } from '../setup/refusal.ts';
import { scopeChoices } from '../windows/scopes.ts';
import { momentOf, zoneName } from '../zoned-time.ts';

export const routes = [
  get('/mutes', 'admin', list),
  post('/mutes', 'admin', add, refused('mute.add', list)),
  post('/mutes/:mute/end', 'admin', end),
];

const moment = z.string().max(30);
const form = z.object({
  ...{ scope: z.string().max(100), reason: line(500), from: moment, until: moment },
  hours: z.string().max(2000),
});
const nothing = z.object({});

async function list(page: Page): Promise<void> {
  const fields = page.fields({ scope: '', reason: '', from: '', until: '', hours: '' });
  const scopes = await choices(page);
  const names = new Map(scopes.map(({ value, label }) => [value, label]));
  const rows = (await mutes.current(page.db)).map((mute) => ({
    ...mute,
    on: names.get(`${mute.scope.kind}:${mute.scope.id}`) ?? mute.scope.id,
    now: holds(mute, Date.now()),
  }));
  const zone = zoneName(page.who.timeZone);
  const hoursZone = page.settings.windowZone;
  await page.render('mutes/list', { rows, fields, scopes, zone, hoursZone, problems: page.problems(fields) });
}

/** Everything, environments, groups and projects as for windows, and each machine. */
async function choices(page: Page): Promise<{ value: string; label: string }[]> {
  const machines = (await hosts.all(page.db)).map(({ id, name }) => ({
    value: `host:${id}`,
    label: page.t('mutes.host', { name }),
  }));
  return [...(await scopeChoices(page)), ...machines];
}

async function add(page: Page): Promise<void> {
  const mute = await typed(page);
  await writing(page.db, async (trx) => {
    const id = await mutes.add(trx, { ...mute, byId: page.who.id });
    const { reason } = mute;
    const entry = { action: 'mute.add', object: `mute:${id}`, before: null, after: mute, reason };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect('/mutes', { key: 'mutes.added' });
}

async function typed(page: Page): Promise<Omit<Mute, 'id' | 'createdAt'>> {
  const { reason, ...fields } = page.form(form);
  if (!(await choices(page)).some(({ value }) => value === fields.scope))
    page.refuse({ field: 'scope', code: 'choice' });
  const [kind, ...id] = fields.scope.split(':');
  const from = at(page, 'from', fields.from) ?? Date.now();
  const until = at(page, 'until', fields.until);
  if (until !== null && until <= Math.max(from, Date.now())) page.refuse({ field: 'until', code: 'at_past' });
  const scope = { kind, id: id.join(':') } as MuteScope;
  return { scope, reason, from, until, hours: hoursOf(page, fields.hours), byName: page.who.displayName };
}

function at(page: Page, field: string, text: string): number | null {
  if (text.trim() === '') return null;
  const found = momentOf(text, page.who.timeZone);
  return 'wrong' in found ? page.refuse({ field, code: found.wrong }) : found.at;
}

function hoursOf(page: Page, text: string): Mute['hours'] {
  if (text.trim() === '') return null;
  const weekly = readWeekly(text);
  if (!Array.isArray(weekly))
    return page.refuse({ field: 'hours', code: weekly.code, detail: { line: weekly.line } });
  return { zone: page.settings.windowZone, weekly, extra: [] };
}

async function end(page: Page): Promise<void> {
  page.form(nothing);
  const mute = (await mutes.byId(page.db, page.param('mute'))) ?? page.notFound();
  await writing(page.db, async (trx) => {
    if (!(await mutes.end(trx, mute.id))) return;
    const entry = { action: 'mute.end', object: `mute:${mute.id}`, before: mute, after: null };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect('/mutes', { key: 'mutes.ended' });
}
