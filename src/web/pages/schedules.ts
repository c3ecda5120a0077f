import { ulid } from 'ulid';
import { InvalidForm } from '../../errors.ts';
import type { Project } from '../../model/project.ts';
import * as audit from '../../store/audit.ts';
import * as schedules from '../../store/schedules.ts';
import { isDuplicate, writing } from '../../store/transaction.ts';
import { laterOf } from '../deploy/later.ts';
import { type Order, orderForm, wantedOf } from '../deploy/order.ts';
import type { Page } from '../page.ts';
import { post } from '../route.ts';
import { deploysProject, projectOf } from '../subjects.ts';
import { refuse, show } from './deploy.ts';

export const routes = [
  post('/projects/:project/schedules', deploysProject, add, show),
  post('/projects/:project/schedules/:schedule/withdraw', deploysProject, withdraw),
];

/** Takes the deploy page's whole form, for later. The same form sent twice is kept once. */
async function add(page: Page): Promise<void> {
  const order = page.form(orderForm);
  const project = (await projectOf(page)) ?? page.notFound();
  const later = laterOf(page, order);
  try {
    await keep(page, project, order, later);
    page.redirect(`/projects/${project.key}#schedules`, { key: 'schedules.added' });
  } catch (error) {
    if (error instanceof InvalidForm) throw error;
    await refuse(page, project, error);
  }
}

async function keep(
  page: Page,
  project: Project,
  order: Order,
  later: { at: number; graceSeconds: number },
): Promise<void> {
  const { kind, hostIds, ref, releaseId, reason, params, strategy } = await wantedOf(page, project, order);
  const id = ulid();
  const wish = { kind, hostIds, params, ref: ref ?? null, releaseId: releaseId ?? null };
  const request = { ...wish, reason: reason ?? null, strategy: strategy ?? null };
  const { idempotencyKey } = order;
  try {
    await writing(page.db, async (trx) => {
      await schedules.add(trx, {
        ...{ id, projectId: project.id, projectKey: project.key, groupId: project.groupId },
        ...{ request, ...later, askedBy: page.who.id, askedName: page.who.displayName, idempotencyKey },
      });
      const after = { schedule: id, kind, ref, release: releaseId, at: later.at, hosts: hostIds };
      await audit.record(
        trx,
        page.audit({ action: 'schedule.add', object: `project:${project.key}`, after, reason }),
      );
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
}

/** One that is not of this project, or was settled meanwhile, stays as it is. */
async function withdraw(page: Page): Promise<void> {
  const project = (await projectOf(page)) ?? page.notFound();
  const found = await schedules.byId(page.db, page.param('schedule'));
  if (found?.projectId !== project.id) page.notFound();
  await writing(page.db, async (trx) => {
    if (!(await schedules.settle(trx, page.param('schedule'), 'withdrawn'))) return;
    const after = { schedule: page.param('schedule') };
    await audit.record(
      trx,
      page.audit({ action: 'schedule.withdraw', object: `project:${project.key}`, after }),
    );
  });
  page.redirect(`/projects/${project.key}#schedules`);
}
