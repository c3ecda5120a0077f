import type { OperationKind } from '../../model/operation.ts';
import type { Project } from '../../model/project.ts';
import { type LockRow, lockRowsOf } from '../locks/view.ts';
import type { Page } from '../page.ts';
import { type Standing, standingOf } from './standing.ts';

/** For views/deploy/may-begin.ejs: what every page tells from which something is started. */
export type MayBegin = { standing: Standing; handLocks: LockRow[] };

/** @param kinds what the page offers · @param ticketId the ticket that would be carried out */
export async function mayBegin(
  page: Page,
  project: Project,
  kinds: readonly OperationKind[],
  ticketId: string | null = null,
): Promise<MayBegin> {
  return {
    standing: await standingOf(page, project, kinds, ticketId),
    handLocks: await lockRowsOf(page, project),
  };
}
