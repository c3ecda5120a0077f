import { isOpenNow } from '../../deploy/waits-for-window.ts';
import type { Project } from '../../model/project.ts';
import type { Delivery } from '../../model/push.ts';
import * as deliveries from '../../store/deliveries.ts';
import * as hooks from '../../store/inbound-hooks.ts';
import type { Page } from '../page.ts';

/** The push that waits for a project, until it is free or its window opens. */
export type WaitingPush = Delivery & { waitsFor: 'window' | 'project' };

export async function waitingPush(page: Page, project: Project): Promise<WaitingPush | null> {
  const hook = await hooks.ofProject(page.db, project.id);
  const found = hook?.pending ? await deliveries.byId(page.db, hook.pending) : null;
  if (found?.outcome !== 'waiting') return null;
  return { ...found, waitsFor: (await isOpenNow(page.db, project)) ? 'project' : 'window' };
}
