import { closedTicketStates, openTicketStates } from '../../model/ticket.ts';
import { projectNames } from '../../store/project-names.ts';
import * as tickets from '../../store/tickets.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { fileTicket } from '../tickets/file.ts';
import { filed, numbers, ticketForm, wantedOf } from '../tickets/filing.ts';
import { seenBy } from '../tickets/mine.ts';
import { zoneName } from '../zoned-time.ts';

export const routes = [
  get('/tickets', 'signed-in', list),
  get('/tickets/new', 'signed-in', showNew),
  post('/tickets', 'signed-in', file, showNew),
];

const MANY = 50;

/** Open ones, or with `?of=done` the final ones; searched by `q`. */
async function list(page: Page): Promise<void> {
  const done = page.query('of') === 'done';
  const text = page.query('q')?.trim().slice(0, 100) ?? '';
  const before = page.query('before') ?? undefined;
  const states = done ? closedTicketStates : openTicketStates;
  const found = await tickets.list(page.db, { states, ...seenBy(page), text, before, limit: MANY + 1 });
  const shown = found.slice(0, MANY);
  const address = (last?: string) =>
    `/tickets?${new URLSearchParams({ ...(done && { of: 'done' }), ...(text && { q: text }), ...(last && { before: last }) })}`;
  await page.render('tickets/list', {
    ...{ tickets: shown, done, text },
    older: found.length > MANY ? address(shown.at(-1)?.id) : null,
    newest: before ? address() : null,
  });
}

async function showNew(page: Page): Promise<void> {
  const wanted = await wantedOf(page);
  const fields = page.fields({ reason: '', at: '', selfStart: false });
  const own = wanted.flatMap((one) => Object.values(one.fields).map((field) => [field.name, field] as const));
  await page.render('tickets/new', {
    ...{ wanted, numbers, fields, zone: zoneName(page.who.timeZone) },
    problems: page.problems({ ...fields, ...Object.fromEntries(own) }),
    picks: (await projectNames(page.db)).map((project) => project.key),
    chosen: numbers.map((number) => page.query(`project${number}`) ?? ''),
  });
}

async function file(page: Page): Promise<void> {
  const ticket = await filed(page, page.form(ticketForm));
  await writing(page.db, (trx) => fileTicket(trx, ticket, (entry) => page.audit(entry)));
  page.redirect(`/tickets/${ticket.id}`, { key: 'tickets.added' });
}
