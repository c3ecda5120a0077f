import { readClock } from '../../store/clock.ts';
import { fleetCharts } from '../health/fleet-charts.ts';
import { projectHealth } from '../health/of-project.ts';
import { filters, healthNow } from '../health/overview.ts';
import { projectChart } from '../health/project-chart.ts';
import type { Page } from '../page.ts';
import { get } from '../route.ts';
import { projectOf, seesProject } from '../subjects.ts';

export const routes = [
  get('/health', 'signed-in', list),
  get('/health/now', 'signed-in', now),
  get('/projects/:project/health', seesProject, show),
  get('/projects/:project/health/now', seesProject, showNow),
];

async function list(page: Page): Promise<void> {
  const after = await readClock(page.db);
  await page.render('health/list', {
    ...(await healthNow(page)),
    ...(await filters(page)),
    after,
    charts: await fleetCharts(page),
  });
}

/** What moves, alone: the page fetches it again when something changed. */
async function now(page: Page): Promise<void> {
  await page.render('health/now', await healthNow(page));
}

async function show(page: Page): Promise<void> {
  const project = (await projectOf(page)) ?? page.notFound();
  const after = await readClock(page.db);
  const charts = [await projectChart(page, project)];
  await page.render('health/show', { ...(await projectHealth(page, project)), after, charts });
}

async function showNow(page: Page): Promise<void> {
  const project = (await projectOf(page)) ?? page.notFound();
  await page.render('health/hosts', await projectHealth(page, project));
}
