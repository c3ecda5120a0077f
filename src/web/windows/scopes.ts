import type { Scope, ScopeKind } from '../../model/window.ts';
import * as environments from '../../store/environments.ts';
import * as groups from '../../store/groups.ts';
import { type ProjectName, projectNames } from '../../store/project-names.ts';
import type { Page } from '../page.ts';

/** Something on which a window or a freeze can be, as a form names it: `group:<id>`. */
export type ScopeChoice = { value: string; label: string; kind: ScopeKind };

/**
 * What the person may see of environments, groups and projects; `everything` first.
 * @param projects those to choose from, all of them that the person sees
 */
export async function scopeChoices(
  page: Page,
  projects?: readonly Pick<ProjectName, 'id' | 'key'>[],
): Promise<ScopeChoice[]> {
  const { db, groupIds, t } = page;
  const choice = (kind: ScopeKind, id: string, name: string) => ({
    value: scopeValue({ kind, id }),
    label: t(`windows.scope.${kind}`, { name }),
    kind,
  });
  const seen = projects ?? (await projectNames(db, groupIds));
  return [
    choice('everything', '', ''),
    ...(await environments.all(db)).map(({ name }) => choice('environment', name, name)),
    ...(await groups.all(db, groupIds)).map(({ id, name }) => choice('group', id, name)),
    ...seen.map(({ id, key }) => choice('project', id, key)),
  ];
}

export function scopeValue({ kind, id }: Scope): string {
  return `${kind}:${id}`;
}

/** The scope that was chosen; the form is shown again where it is none of those offered. */
export function scopeOf(page: Page, value: string, offered: readonly ScopeChoice[]): Scope {
  if (!offered.some((choice) => choice.value === value)) page.refuse({ field: 'scope', code: 'choice' });
  const [kind, ...id] = value.split(':');
  return { kind: kind as ScopeKind, id: id.join(':') };
}

/** What a scope is called; one that is gone by what is left of it, null where the person may not know of it. */
export function scopeLabel(page: Page, scope: Scope, offered: readonly ScopeChoice[]): string | null {
  const known = offered.find(({ value }) => value === scopeValue(scope));
  if (known) return known.label;
  return page.may('admin') ? page.t('windows.scope_gone', { name: scope.id }) : null;
}

/** A window or a freeze that the person may know of, with what it is on in words. */
export type Named<T> = T & { on: string };

/** Those that the person may know of. */
export function named<T extends { scope: Scope }>(
  page: Page,
  all: readonly T[],
  choices: readonly ScopeChoice[],
): Named<T>[] {
  return all.flatMap((one) => {
    const on = scopeLabel(page, one.scope, choices);
    return on === null ? [] : [{ ...one, on }];
  });
}
