import { isGitRef } from '../../model/git-ref.ts';
import type { Project } from '../../model/project.ts';
import { commonRelease, hostRows } from '../deploy/hosts.ts';
import * as look from '../deploy/look.ts';
import { deployModel } from '../deploy/model.ts';
import { deployNow } from '../deploy/now.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { projectOf, seesProject } from '../subjects.ts';

export const routes = [
  get('/projects/:project/now', seesProject, now),
  post('/projects/:project/refs', seesProject, askRefs),
  get('/projects/:project/refs/:question', seesProject, refs),
  post('/projects/:project/changes', seesProject, askChanges, badRef),
  get('/projects/:project/changes/:question', seesProject, changes),
];

/** What moves, alone: the page fetches it again every few seconds. */
async function now(page: Page): Promise<void> {
  const model = await deployNow(page, await find(page));
  await page.render('deploy/now', { ...model, fields: page.fields({ hosts: [] }) });
}

async function askRefs(page: Page): Promise<void> {
  const project = await find(page);
  await showRefs(page, project, await look.askRefs(page, project));
}

async function refs(page: Page): Promise<void> {
  await showRefs(page, await find(page), page.param('question'));
}

/** Takes the deploy page's whole form, of which only the ref counts. */
async function askChanges(page: Page): Promise<void> {
  const project = await find(page);
  const ref = String((page.req.body as Record<string, unknown>).ref ?? '').trim();
  if (!isGitRef(ref)) page.refuse({ field: 'ref', code: 'ref' });
  const from = commonRelease(await hostRows(page, project))?.commit ?? null;
  const question = await look.askChanges(page, project, from, ref);
  if (page.req.get('HX-Request')) return showChanges(page, project, question);
  page.redirect(`/projects/${project.key}?ref=${encodeURIComponent(ref)}&changes=${question}#changes`);
}

/** In place of the commits; without scripts the whole page again. */
async function badRef(page: Page): Promise<void> {
  const message = page.problems()[0]?.message ?? '';
  if (page.req.get('HX-Request')) return page.render('deploy/bad-ref', { message }, 200);
  await page.render('deploy/show', { ...(await deployModel(page, await find(page))), refusal: null });
}

async function changes(page: Page): Promise<void> {
  await showChanges(page, await find(page), page.param('question'));
}

async function showRefs(page: Page, project: Project, question: string): Promise<void> {
  const found = await look.lookedAt<look.Refs>(page, project, 'refs', question);
  await page.render('deploy/refs', { project, refs: found ?? page.notFound() });
}

async function showChanges(page: Page, project: Project, question: string): Promise<void> {
  const found = await look.lookedAt<look.Changes>(page, project, 'commits', question);
  await page.render('deploy/changes', { project, changes: found ?? page.notFound() });
}

async function find(page: Page): Promise<Project> {
  return (await projectOf(page)) ?? page.notFound();
}
