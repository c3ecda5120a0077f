import type { HandLock } from '../../model/hand-lock.ts';
import type { Project } from '../../model/project.ts';
import * as handLocks from '../../store/hand-locks.ts';
import type { Page } from '../page.ts';
import { subjectOf } from '../subjects.ts';
import { clockOf } from '../time.ts';
import { scopeChoices, scopeLabel } from '../windows/scopes.ts';

/** A lock set by hand as one sentence: who, on what, since, until, why. `liftPath` null: not by this person. */
export type LockRow = { id: string; warning: boolean; sentence: string; liftPath: string | null };

/** All that hold and that the person may know of. */
export async function lockRows(page: Page): Promise<LockRow[]> {
  return rowsOf(page, await handLocks.holding(page.db, Date.now()), null);
}

/** Those that hold for a project. */
export async function lockRowsOf(page: Page, project: Project): Promise<LockRow[]> {
  return rowsOf(page, await handLocks.covering(page.db, project, Date.now()), project);
}

/** Whether a person may lift it from a project's page: members lift what members set on that very project. */
export function mayLift(lock: HandLock, project: Project): boolean {
  return lock.scope.kind === 'project' && lock.scope.id === project.id && !lock.byAdmin;
}

async function rowsOf(page: Page, locks: HandLock[], project: Project | null): Promise<LockRow[]> {
  if (locks.length === 0) return [];
  const choices = await scopeChoices(page);
  const member = project !== null && page.may('project.deploy', await subjectOf(page, project));
  return locks.flatMap((lock) => {
    const on = scopeLabel(page, lock.scope, choices);
    if (on === null) return [];
    const lifts = member && mayLift(lock, project) ? `/projects/${project.key}/locks/${lock.id}/lift` : null;
    const liftPath = page.may('admin') ? `/locks/${lock.id}/lift` : lifts;
    return [{ id: lock.id, warning: lock.warning, sentence: sentenceOf(page, lock, on), liftPath }];
  });
}

function sentenceOf(page: Page, { by, since, until, reason, warning }: HandLock, on: string): string {
  const { when } = clockOf(page.language, page.person?.timeZone ?? null);
  const key = `locks.${warning ? 'warned' : 'locked'}${until === null ? '' : '_until'}`;
  return page.t(key, { by, on, reason, since: when(since), until: until === null ? '' : when(until) });
}
