import type { DriftKind } from '../../model/drift.ts';
import { neededFor } from '../../model/kind-permission.ts';
import type { OperationKind } from '../../model/operation.ts';
import type { Subject } from '../../model/permission.ts';
import { byId } from '../../store/placements.ts';
import * as projects from '../../store/projects.ts';
import type { Page } from '../page.ts';
import type { ObjectGuard } from '../route.ts';
import { subjectOf } from '../subjects.ts';

/** Which operation puts right what is not as it was left: always one that there is, on that host alone. */
export const remedies = {
  release: 'rollback',
  configuration: 'push-configuration',
  process: 'restart',
} as const satisfies Record<DriftKind, OperationKind>;

/** Who may put it right: whoever may start that operation. */
export function guardOf(what: DriftKind): ObjectGuard {
  return { permission: neededFor[remedies[what]], of: subject };
}

async function subject(page: Page): Promise<Subject | null> {
  const placement = await byId(page.db, page.param('placement'));
  const project = placement && (await projects.byId(page.db, placement.projectId));
  return project && subjectOf(page, project);
}
