import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { hasText } from '../../i18n/index.ts';
import type { Project } from '../../model/project.ts';
import type { Delivery, InboundHook } from '../../model/push.ts';
import * as audit from '../../store/audit.ts';
import * as deliveries from '../../store/deliveries.ts';
import * as hosts from '../../store/hosts.ts';
import * as hooks from '../../store/inbound-hooks.ts';
import * as placements from '../../store/placements.ts';
import { writing } from '../../store/transaction.ts';
import { checkbox, many } from '../form.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { patternsOf } from '../setup/branch-patterns.ts';
import { projectObject } from '../setup/project-facts.ts';
import { configuresProject, projectHere } from '../setup/project-of.ts';
import { refused } from '../setup/refusal.ts';
import { rowId } from '../setup/setup-fields.ts';
import { subjectOf } from '../subjects.ts';

export const routes = [
  get('/projects/:project/webhooks', configuresProject, show),
  post('/projects/:project/webhooks', configuresProject, save, refused('project.webhooks', show)),
  post('/projects/:project/webhooks/secret', configuresProject, renew),
];

const SHOWN = 10;
const nothing = z.object({});
const form = z.object({
  enabled: checkbox,
  production: checkbox,
  hold: checkbox,
  branches: z.string().max(4000),
  everywhere: checkbox,
  hosts: many(rowId),
});

async function show(page: Page): Promise<void> {
  const project = await projectHere(page);
  await render(page, project, null);
}

async function render(page: Page, project: Project, secret: string | null): Promise<void> {
  const hook = await hooks.ofProject(page.db, project.id);
  const fields = page.fields({
    enabled: hook?.enabled ?? true,
    production: hook?.production ?? false,
    hold: hook?.hold ?? false,
    branches: hook?.branches.join('\n') ?? '',
    everywhere: !hook?.hostIds,
    hosts: hook?.hostIds ?? [],
  });
  await page.render('projects/webhooks', {
    ...{ project, hook, secret, fields, problems: page.problems(fields) },
    address: addressOf(page, project),
    isProduction: (await subjectOf(page, project)).production,
    hosts: await placed(page, project),
    deliveries: (await deliveries.last(page.db, project.id, SHOWN)).map((line) => rowOf(page, line)),
  });
}

/** By the configured address alone (S20); the path where there is none. */
function addressOf(page: Page, project: Project): string {
  const path = `/webhooks/${project.key}`;
  return page.settings.baseUrl ? new URL(path, page.settings.baseUrl).href : path;
}

async function placed(page: Page, project: Project): Promise<{ id: string; name: string }[]> {
  const ids = (await placements.ofProject(page.db, project.id)).map(({ hostId }) => hostId);
  return (await hosts.byIds(page.db, ids)).map(({ id, name }) => ({ id, name }));
}

function rowOf(page: Page, line: Delivery): Record<string, unknown> {
  const { outcome, detail } = line;
  const closed = hasText(`webhooks.closed.${detail}`);
  const topic = outcome === 'ignored' ? 'webhooks.ignored' : closed ? 'webhooks.closed' : 'error';
  const why = `${topic}.${detail}`;
  const known = detail !== null && hasText(why);
  return { ...line, why: known ? page.t(why, { host: '', id: '' }) : (detail ?? '') };
}

async function save(page: Page): Promise<void> {
  const project = await projectHere(page);
  const before = (await hooks.ofProject(page.db, project.id)) ?? page.notFound();
  const typed = page.form(form);
  const known = new Set((await placed(page, project)).map(({ id }) => id));
  if (typed.hosts.some((id) => !known.has(id))) page.refuse({ field: 'hosts', code: 'choice' });
  if (!typed.everywhere && typed.hosts.length === 0) page.refuse({ field: 'hosts', code: 'required' });
  const after = {
    ...{ enabled: typed.enabled, production: typed.production, hold: typed.hold },
    branches: patternsOf(page, 'branches', typed.branches),
    hostIds: typed.everywhere ? null : typed.hosts,
  };
  await writing(page.db, async (trx) => {
    await hooks.change(trx, project.id, after);
    const entry = {
      action: 'project.webhooks',
      object: projectObject(project),
      before: factsOf(before),
      after,
    };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect(`/projects/${project.key}/webhooks`, { key: 'common.saved' });
}

function factsOf({ enabled, production, hold, branches, hostIds }: InboundHook): Record<string, unknown> {
  return { enabled, production, hold, branches, hostIds };
}

/** A secret for the forge, shown in the answer alone; the one before it is worth nothing from now on. */
async function renew(page: Page): Promise<void> {
  page.form(nothing);
  const project = await projectHere(page);
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  await writing(page.db, async (trx) => {
    await hooks.renew(trx, project.id, page.vault.seal(secret));
    await audit.record(trx, page.audit({ action: 'project.webhook_secret', object: projectObject(project) }));
  });
  await render(page, project, secret);
}
