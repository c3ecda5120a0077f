import type { Person } from './person.ts';

export const permissions = [
  'signed-in',
  'admin',
  'project.see',
  'project.configure',
  'project.deploy',
  'project.create',
] as const;
export type Permission = (typeof permissions)[number];

/** What a permission is asked about: a project's group and whether its environment is production. */
export type Subject = { groupId: string; production: boolean };

/*
 * The whole table. Rows: who. Columns: what, in a test environment / in production.
 *                        see      configure   deploy
 * admin                  yes      yes / yes   yes / yes
 * member                 yes      no  / no    yes / no
 * member with config     yes      yes / no    yes / no
 * member with deploy     yes      no  / no    yes / yes
 * member with both       yes      yes / yes   yes / yes
 * outsider               no       no  / no    no  / no
 * Configuring production takes both grants, because a build command is code that runs there.
 */
/** True where `person` holds `permission`; `subject` is needed by the permissions that start with `project.`. */
export function may(person: Person | null, permission: Permission, subject?: Subject): boolean {
  if (person === null) return false;
  if (permission === 'signed-in' || person.role === 'admin') return true;
  if (permission === 'admin') return false;
  if (permission === 'project.create') return person.grants.some((grant) => grant.config);
  const grant = person.grants.find((candidate) => candidate.groupId === subject?.groupId);
  if (!grant || !subject) return false;
  if (permission === 'project.see') return true;
  if (permission === 'project.deploy') return !subject.production || grant.deploy;
  return grant.config && (!subject.production || grant.deploy);
}
