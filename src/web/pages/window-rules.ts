import { z } from 'zod';
import { operationKinds } from '../../model/operation.ts';
import * as audit from '../../store/audit.ts';
import * as groups from '../../store/groups.ts';
import { projectNames } from '../../store/project-names.ts';
import { writing } from '../../store/transaction.ts';
import * as windows from '../../store/windows.ts';
import { checkbox, many } from '../form.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { refused } from '../setup/refusal.ts';
import { rowId } from '../setup/setup-fields.ts';

export const routes = [
  get('/windows/rules', 'admin', show),
  post('/windows/rules', 'admin', save, refused('window.rules', show)),
];

/** Nobody waits for a window to take a lock from what hangs, or to tidy up. */
const free: readonly string[] = ['unlock', 'clean-cache', 'clone'];
const kinds = operationKinds.filter((kind) => !free.includes(kind));
const form = z.object({
  kinds: many(z.enum(kinds)),
  everywhere: checkbox,
  exemptGroups: many(rowId),
  exemptProjects: many(rowId),
});

async function show(page: Page): Promise<void> {
  const fields = page.fields(await windows.rules(page.db));
  const named = kinds.map((kind) => ({ id: kind, name: page.t(`kind.${kind}`) }));
  const of = { groups: await groups.all(page.db), projects: await projectNames(page.db) };
  const keys = of.projects.map(({ id, key }) => ({ id, name: key }));
  const model = { fields, kinds: named, groups: of.groups, projects: keys };
  await page.render('windows/rules', { ...model, problems: page.problems(fields) });
}

async function save(page: Page): Promise<void> {
  const after = page.form(form);
  const known = {
    exemptGroups: (await groups.all(page.db)).map(({ id }) => id),
    exemptProjects: (await projectNames(page.db)).map(({ id }) => id),
  };
  for (const field of ['exemptGroups', 'exemptProjects'] as const)
    if (after[field].some((id) => !known[field].includes(id))) page.refuse({ field, code: 'choice' });
  await writing(page.db, async (trx) => {
    const before = await windows.rules(trx);
    await windows.setRules(trx, after);
    await audit.record(trx, page.audit({ action: 'window.rules', object: 'windows', before, after }));
  });
  page.redirect('/windows/rules', { key: 'common.saved' });
}
