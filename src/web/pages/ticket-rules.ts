import { z } from 'zod';
import { record } from '../../store/audit.ts';
import * as environments from '../../store/environments.ts';
import * as groups from '../../store/groups.ts';
import { isNeeded, type RuleScope, setNeeded } from '../../store/ticket-rules.ts';
import { writing } from '../../store/transaction.ts';
import { checkbox } from '../form.ts';
import type { Page } from '../page.ts';
import { post } from '../route.ts';

export const routes = [
  post('/groups/:group/tickets', 'admin', ofGroup),
  post('/environments/:environment/tickets', 'admin', ofEnvironment),
];

const form = z.object({ ticketNeeded: checkbox });

async function ofGroup(page: Page): Promise<void> {
  const group = (await groups.byId(page.db, page.param('group'))) ?? page.notFound();
  await change(page, 'group', group.id);
}

async function ofEnvironment(page: Page): Promise<void> {
  const environment = (await environments.byName(page.db, page.param('environment'))) ?? page.notFound();
  await change(page, 'environment', environment.name);
}

async function change(page: Page, scope: RuleScope, object: string): Promise<void> {
  const { ticketNeeded } = page.form(form);
  await writing(page.db, async (trx) => {
    const before = { ticketNeeded: await isNeeded(trx, scope, object) };
    await setNeeded(trx, scope, object, ticketNeeded);
    const entry = {
      action: `${scope}.tickets`,
      object: `${scope}:${object}`,
      before,
      after: { ticketNeeded },
    };
    await record(trx, page.audit(entry));
  });
  page.redirect(`/${scope}s/${object}`, { key: 'common.saved' });
}
