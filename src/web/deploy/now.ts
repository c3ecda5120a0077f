import type { Operation } from '../../model/operation.ts';
import type { Project } from '../../model/project.ts';
import { history } from '../../store/history.ts';
import * as locks from '../../store/locks.ts';
import * as operations from '../../store/operations.ts';
import { type LeftOutGroup, leftOutView } from '../left-out-view.ts';
import { type LockRow, lockRowsOf } from '../locks/view.ts';
import type { Page } from '../page.ts';
import { subjectOf } from '../subjects.ts';
import { type HostRow, hostRows } from './hosts.ts';
import { type ScheduleRow, scheduleRows } from './schedule-rows.ts';
import { type Standing, standingOf } from './standing.ts';
import { type WaitingPush, waitingPush } from './waiting-push.ts';

/** What of the deploy page changes by itself: the page fetches it again every few seconds. */
export type DeployNow = {
  project: Project;
  rows: HostRow[];
  /** The hosts do not all run the same. */
  mixed: boolean;
  holder: Operation | null;
  heldSince: number | null;
  mayDeploy: boolean;
  last: Operation[];
  /** Processes that somebody must put back into traffic. */
  leftOut: LeftOutGroup[];
  schedules: ScheduleRow[];
  standing: Standing;
  /** The push that waits, until the project is free or its window opens. */
  waitingPush: WaitingPush | null;
  /** Locks set by hand that hold here, and warnings. */
  handLocks: LockRow[];
};

/** What the page offers, and gates may refuse. */
const offered = ['deploy', 'prepare', 'promote', 'rollback', 'fast-rollback', 'restart', 'stop'] as const;

export async function deployNow(page: Page, project: Project): Promise<DeployNow> {
  const rows = await hostRows(page, project);
  const lock = await locks.ofProject(page.db, project.id);
  return {
    project,
    rows,
    mixed: new Set(rows.map((row) => row.folder)).size > 1,
    holder: lock?.operationId ? await operations.byId(page.db, lock.operationId) : null,
    heldSince: lock?.heldSince ?? null,
    mayDeploy: page.may('project.deploy', await subjectOf(page, project)),
    leftOut: await leftOutView(page, { projectId: project.id }),
    last: await history(page.db, { projectId: project.id, limit: 5 }),
    schedules: await scheduleRows(page, { projectId: project.id }),
    standing: await standingOf(page, project, offered),
    waitingPush: await waitingPush(page, project),
    handLocks: await lockRowsOf(page, project),
  };
}
