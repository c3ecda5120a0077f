import { z } from 'zod';
import { clockTextOf, instantOf } from '../../model/zoned-time.ts';
import { record } from '../../store/audit.ts';
import * as grants from '../../store/grants.ts';
import * as groups from '../../store/groups.ts';
import { writing } from '../../store/transaction.ts';
import * as users from '../../store/users.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { momentOf, zoneName } from '../zoned-time.ts';

const PATH = '/people/:user/grants/:group';

export const routes = [get(PATH, 'admin', show), post(PATH, 'admin', change, show)];

const form = z.object({ last: z.string().max(10) });

/** When a grant ends: the last day on which it counts. */
async function show(page: Page): Promise<void> {
  const { user, group, grant } = await find(page);
  const zone = zoneName(page.who.timeZone);
  const last = grant.until === undefined ? '' : clockTextOf(grant.until - 1, zone).slice(0, 10);
  const fields = page.fields({ last });
  await page.render('people/grant', { user, group, fields, zone, problems: page.problems(fields) });
}

async function change(page: Page): Promise<void> {
  const { user, grant: before } = await find(page);
  const { last } = page.form(form);
  const { groupId, config, deploy } = before;
  const after = { groupId, config, deploy, ...(last && { until: endOf(page, last) }) };
  await writing(page.db, async (trx) => {
    await grants.give(trx, user.id, after);
    await record(trx, page.audit({ action: 'grant.end', object: `user:${user.username}`, before, after }));
  });
  page.redirect(`/people/${user.id}`, { key: 'common.saved' });
}

/** The midnight after a day on the person's clocks. */
function endOf(page: Page, last: string): number {
  const zone = zoneName(page.who.timeZone);
  const noon = momentOf(`${last}T12:00`, zone);
  if ('wrong' in noon) return page.refuse({ field: 'last', code: 'date' });
  const end = instantOf(last, 1440, zone);
  return end > Date.now() ? end : page.refuse({ field: 'last', code: 'at_past' });
}

async function find(page: Page) {
  const user = await users.byId(page.db, page.param('user'));
  const group = await groups.byId(page.db, page.param('group'));
  const held = user ? await grants.byHand(page.db, user.id) : [];
  const grant = held.find(({ groupId }) => groupId === group?.id);
  return user && group && grant ? { user, group, grant } : page.notFound();
}
