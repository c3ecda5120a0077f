import { z } from 'zod';
import * as audit from '../../store/audit.ts';
import * as deliveries from '../../store/deliveries.ts';
import * as hooks from '../../store/inbound-hooks.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { post } from '../route.ts';
import { rowId } from '../setup/setup-fields.ts';
import { deploysProject, projectOf } from '../subjects.ts';

export const routes = [post('/projects/:project/waiting-push/withdraw', deploysProject, withdraw)];

const form = z.object({ delivery: rowId });

/** Takes back the push that waits; one that began meanwhile, or another that took its place, stays as it is. */
async function withdraw(page: Page): Promise<void> {
  const project = (await projectOf(page)) ?? page.notFound();
  const { delivery } = page.form(form);
  await writing(page.db, async (trx) => {
    if (!(await hooks.awaited(trx, project.id, delivery))) return;
    const before = await deliveries.byId(trx, delivery);
    const fate = { outcome: 'withdrawn', detail: null, operationId: null } as const;
    await deliveries.conclude(trx, delivery, fate);
    const what = { delivery, branch: before?.branch, commit: before?.commit };
    const entry = { action: 'webhook.withdraw', object: `project:${project.key}`, before: what, after: null };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect(`/projects/${project.key}`, { key: 'webhooks.withdrawn' });
}
