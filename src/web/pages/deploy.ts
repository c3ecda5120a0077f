import { launch } from '../../deploy/launch.ts';
import { InvalidForm } from '../../errors.ts';
import type { Project } from '../../model/project.ts';
import { deployModel } from '../deploy/model.ts';
import { neighbours } from '../deploy/neighbours.ts';
import { orderForm, wantedOf } from '../deploy/order.ts';
import { refusalOf } from '../operation/refusal.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { deploysProject, projectOf, seesProject } from '../subjects.ts';

export const routes = [
  get('/deploy', 'signed-in', list),
  get('/projects/:project', seesProject, show),
  get('/projects/:project/deploy', seesProject, toShow),
  post('/projects/:project/operations', deploysProject, start, show),
];

async function list(page: Page): Promise<void> {
  await page.render('deploy/list', { neighbours: await neighbours(page), project: null });
}

/** The deploy page. */
export async function show(page: Page): Promise<void> {
  const model = await deployModel(page, await find(page));
  await page.render('deploy/show', { ...model, refusal: null });
}

async function toShow(page: Page): Promise<void> {
  page.redirect(`/projects/${(await find(page)).key}`);
}

async function start(page: Page): Promise<void> {
  const order = page.form(orderForm);
  const project = await find(page);
  try {
    const operation = await launch(page.db, {
      ...(await wantedOf(page, project, order)),
      projectId: project.id,
      by: page.who,
      ip: page.req.ip ?? null,
      requestId: String(page.req.id),
      idempotencyKey: order.idempotencyKey,
      pass: order.pass ?? null,
    });
    page.redirect(`/operations/${operation.id}`);
  } catch (error) {
    await refuse(page, project, error);
  }
}

/** The page again with what was chosen, and the reason why nothing was started. */
export async function refuse(page: Page, project: Project, error: unknown): Promise<void> {
  if (error instanceof InvalidForm) throw error;
  const refusal = refusalOf(page, error);
  page.showAgain([]);
  const model = await deployModel(page, project);
  await page.render('deploy/show', { ...model, refusal: refusal.message }, refusal.status);
}

async function find(page: Page): Promise<Project> {
  return (await projectOf(page)) ?? page.notFound();
}
