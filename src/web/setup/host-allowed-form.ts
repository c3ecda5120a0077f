import { z } from 'zod';
import { allowsAll, type HostAllowed } from '../../model/host-allowed.ts';
import * as environments from '../../store/environments.ts';
import * as groups from '../../store/groups.ts';
import { many } from '../form.ts';
import type { Judge } from '../judge.ts';

/** For which environments and groups (ids) a machine is, as fields of a form. */
export const allowedShape = {
  allowedEnvironments: many(z.string().max(24)),
  allowedGroups: many(z.string().max(26)),
};
type AllowedForm = z.output<z.ZodObject<typeof allowedShape>>;

export function allowedValues({ environments: names, groups: ids }: HostAllowed = allowsAll) {
  return { allowedEnvironments: names, allowedGroups: ids };
}

/** What was chosen. What is there no more is kept out of it by a refusal at its field. */
export async function allowedOf(page: Judge, form: AllowedForm): Promise<HostAllowed> {
  const choices = await allowedChoices(page.db);
  const names = new Set(choices.environments.map(({ id }) => id));
  const ids = new Set(choices.groups.map(({ id }) => id));
  if (form.allowedEnvironments.some((one) => !names.has(one)))
    page.refuse({ field: 'allowedEnvironments', code: 'choice' });
  if (form.allowedGroups.some((one) => !ids.has(one)))
    page.refuse({ field: 'allowedGroups', code: 'choice' });
  return { environments: form.allowedEnvironments, groups: form.allowedGroups };
}

/** What there is to choose from. */
export async function allowedChoices(db: Judge['db']) {
  const names = (await environments.all(db)).map(({ name }) => ({ id: name, name }));
  return { environments: names, groups: (await groups.all(db)).map(({ id, name }) => ({ id, name })) };
}
