import type { Schedule } from '../../model/scheduled.ts';
import * as schedules from '../../store/schedules.ts';
import { refusalText } from '../operation/refusal.ts';
import type { Page } from '../page.ts';

/** What is to be started later, or could not be within the last day. `why`: in words, empty while it waits. */
export type ScheduleRow = Schedule & { why: string };

export async function scheduleRows(
  page: Page,
  of: { projectId?: string; groupIds?: string[] },
): Promise<ScheduleRow[]> {
  const found = await schedules.open(page.db, of);
  return found.map((one) => ({ ...one, why: one.outcome ? refusalText(page, one.outcome) : '' }));
}
