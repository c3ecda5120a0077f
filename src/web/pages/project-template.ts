import { z } from 'zod';
import { typeOf } from '../../project-types/index.ts';
import * as audit from '../../store/audit.ts';
import * as projects from '../../store/projects.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { difference } from '../setup/difference.ts';
import { projectFacts, projectObject } from '../setup/project-facts.ts';
import { configuresProject, projectHere } from '../setup/project-of.ts';
import { refused } from '../setup/refusal.ts';
import { revision } from '../setup/setup-fields.ts';
import { previews } from '../setup/template-preview.ts';

export const routes = [
  get('/projects/:project/template', configuresProject, show),
  post('/projects/:project/template/preview', configuresProject, preview, show),
  post('/projects/:project/template', configuresProject, save, refused('project.template', show)),
  post('/projects/:project/template/reset', configuresProject, reset),
];

const templateForm = z.object({ revision, template: z.string().min(1).max(32_768) });
const resetForm = z.object({ revision });

async function show(page: Page): Promise<void> {
  const project = await projectHere(page);
  const own = typeOf(project.type).template;
  if (own === null) return page.render('projects/no-template', { project });
  const fields = page.fields({ template: project.template ?? own, revision: project.revision });
  await page.render('projects/template', {
    project,
    fields,
    problems: page.problems(fields),
    previews: await previews(page, project, fields.template.value),
    isOwn: project.template === null,
  });
}

/** Shows what was typed with its outcome; nothing is kept. */
async function preview(page: Page): Promise<void> {
  const project = await projectHere(page);
  const form = page.form(templateForm);
  page.showAgain([]);
  await page.render(
    'projects/template',
    {
      project,
      fields: page.fields({ template: '', revision: 0 }),
      problems: [],
      previews: await previews(page, project, form.template),
      isOwn: project.template === null,
    },
    200,
  );
}

async function save(page: Page): Promise<void> {
  const project = await projectHere(page);
  const own = typeOf(project.type).template ?? page.notFound();
  const form = page.form(templateForm);
  await refuseWrong(page, form.template);
  const template = form.template.trimEnd() === own.trimEnd() ? null : form.template;
  await keep(page, form.revision, template);
}

async function reset(page: Page): Promise<void> {
  await keep(page, page.form(resetForm).revision, null);
}

/** A template is kept only where every host of the project would get a good program by it. */
async function refuseWrong(page: Page, template: string): Promise<void> {
  const all = await previews(page, await projectHere(page), template);
  const wrong = all.flatMap(({ host, problems }) => problems.map((problem) => ({ host, problem })));
  const [first] = wrong;
  if (first) page.refuse({ field: 'template', code: 'template_wrong', detail: first });
}

async function keep(page: Page, seen: number, template: string | null): Promise<void> {
  const before = await projectHere(page);
  await writing(page.db, async (trx) => {
    const after = await projects.update(trx, before.id, seen, { template });
    const changed = difference(projectFacts(before), projectFacts(after));
    const entry = { action: 'project.template', object: projectObject(before), ...changed };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect(`/projects/${before.key}/template`, { key: 'common.saved' });
}
