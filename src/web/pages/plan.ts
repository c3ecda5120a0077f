import type { Project } from '../../model/project.ts';
import * as releases from '../../store/releases.ts';
import { commonRelease, hostRows } from '../deploy/hosts.ts';
import * as look from '../deploy/look.ts';
import { deployModel } from '../deploy/model.ts';
import { planForm, strategyOf } from '../deploy/order.ts';
import { preparedOf, reviewOf } from '../deploy/review.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { deploysProject, projectOf, seesProject } from '../subjects.ts';

export const routes = [
  post('/projects/:project/plan', deploysProject, ask, again),
  get('/projects/:project/plan', seesProject, show),
  post('/projects/:project/diff', seesProject, askDiff),
  get('/projects/:project/diff/:question', seesProject, diff),
];

/** Takes the deploy page's whole form, of which ref and hosts count; what has to be looked up is asked for here. */
async function ask(page: Page): Promise<void> {
  const project = await find(page);
  const form = page.form(planForm);
  const strategy = strategyOf(page, form);
  const ref = form.ref || project.branch;
  const back = form.plan === 'rollback' ? form.releaseId : null;
  if (form.plan === 'rollback' && !back) page.refuse({ field: 'releaseId', code: 'required' });
  const release = back ? await releases.byId(page.db, back) : null;
  if (back && (release?.projectId !== project.id || release.state !== 'kept'))
    page.refuse({ field: 'releaseId', code: 'choice' });
  const rows = await hostRows(page, project);
  const placed = [...new Set(form.hosts)].filter((id) =>
    rows.some((row) => row.host.id === id && row.host.hostKey !== null),
  );
  if (placed.length === 0) page.refuse({ field: 'hosts', code: 'hosts_needed' });
  const from = commonRelease(rows)?.commit ?? null;
  const prepared = await preparedOf(page, project, form.prepared ?? null);
  const changes = await look.askChanges(page, project, from, release?.commit ?? prepared?.commit ?? ref);
  const seen: Record<string, string> = prepared
    ? { prepared: prepared.id }
    : { look: await look.askComparison(page, project, placed, release?.id ?? null) };
  if (release) seen.release = release.id;
  if (strategy) seen.strategy = JSON.stringify(strategy);
  const query = new URLSearchParams({ ref, hosts: placed.join(','), changes, ...seen });
  page.redirect(`/projects/${project.key}/plan?${query}`);
}

async function again(page: Page): Promise<void> {
  await page.render('deploy/show', { ...(await deployModel(page, await find(page))), refusal: null });
}

async function show(page: Page): Promise<void> {
  const model = await reviewOf(page, await find(page));
  await page.render(page.req.get('HX-Request') ? 'plan/part' : 'plan/show', model);
}

async function askDiff(page: Page): Promise<void> {
  const project = await find(page);
  const question = await look.askDiff(page, project, (page.req.body ?? {}) as Record<string, unknown>);
  await showDiff(page, project, question);
}

async function diff(page: Page): Promise<void> {
  await showDiff(page, await find(page), page.param('question'));
}

async function showDiff(page: Page, project: Project, question: string): Promise<void> {
  const found = await look.lookedAt<look.Patch>(page, project, 'diff', question);
  await page.render('plan/diff', { project, patch: found ?? page.notFound() });
}

async function find(page: Page): Promise<Project> {
  return (await projectOf(page)) ?? page.notFound();
}
