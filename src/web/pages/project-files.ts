import { z } from 'zod';
import { CedarError } from '../../errors.ts';
import { filePath } from '../../model/configuration-file.ts';
import type { Project } from '../../model/project.ts';
import * as audit from '../../store/audit.ts';
import * as projectFiles from '../../store/project-files.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { contentOf, type FileForm, fileForm, refusePath } from '../setup/files-form.ts';
import { projectObject, textFacts } from '../setup/project-facts.ts';
import { configuresProject, projectHere } from '../setup/project-of.ts';
import { refused } from '../setup/refusal.ts';

export const routes = [
  get('/projects/:project/files', configuresProject, show),
  post('/projects/:project/files', configuresProject, save, refused('project.files', show)),
  post('/projects/:project/files/delete', configuresProject, remove),
];

type ProjectFile = projectFiles.ProjectFile;

async function show(page: Page): Promise<void> {
  const project = await projectHere(page);
  const files = await projectFiles.ofProject(page.db, project.id);
  const open = await openTexts(page, files);
  const chosen = files.find((file) => file.path === page.query('file'));
  const text = chosen ? (open.get(chosen.textId) ?? '') : '';
  const fields = page.fields({
    path: chosen?.path ?? '',
    placed: chosen?.placed ?? 'after-build',
    source: chosen?.source ?? 'text',
    text: chosen?.source === 'text' ? text : '',
    url: chosen?.source === 'url' ? text : '',
    secret: chosen?.secret ?? false,
    fill: chosen?.fill ?? false,
    seen: chosen?.textId ?? '',
  });
  await page.render('projects/files', {
    project,
    files: files.map((file) => ({ ...file, url: file.source === 'url' ? open.get(file.textId) : null })),
    fields,
    problems: page.problems(fields),
  });
}

/** What the files hold in the open; secret ones never leave again. */
async function openTexts(page: Page, files: ProjectFile[]): Promise<Map<string, string>> {
  const shown = files.filter((file) => !file.secret).map((file) => file.textId);
  const sealed = await projectFiles.texts(page.db, shown);
  return new Map([...sealed].map(([id, text]) => [id, page.vault.open(text)]));
}

async function save(page: Page): Promise<void> {
  const project = await projectHere(page);
  const form = page.form(fileForm);
  await writing(page.db, async (trx) => {
    const files = await projectFiles.ofProject(trx, project.id);
    const before = files.find((file) => file.path === form.path);
    if (before && form.seen === '') page.refuse({ field: 'path', code: 'file_taken' });
    if (form.seen !== (before?.textId ?? '')) throw new CedarError('project_changed', {}, 409);
    refusePath(page, project, files, form.path);
    await keep(page, trx, { project, before, form });
  });
  page.redirect(`/projects/${project.key}/files`, { key: 'common.saved' });
}

type Keeping = { project: Project; before: ProjectFile | undefined; form: FileForm };

async function keep(page: Page, trx: Page['db'], { project, before, form }: Keeping): Promise<void> {
  const stays = before?.secret && before.source === form.source ? before.textId : null;
  const sealed = stays && (await projectFiles.texts(trx, [stays])).get(stays);
  const kept = sealed ? page.vault.open(sealed) : null;
  const content = await contentOf({ page, db: trx }, project, form, kept);
  const { path, placed, source, secret } = form;
  const fill = form.fill && source === 'text';
  const draft = { path, placed, source, secret, fill, changedBy: page.who.displayName };
  const was = before && (await factsOf(page, trx, before));
  const isKept = stays !== null && content === kept;
  await projectFiles.put(
    trx,
    project.id,
    draft,
    isKept ? { textId: stays } : { sealed: page.vault.seal(content) },
  );
  const told = {
    placed,
    source,
    secret,
    fill,
    content: secret ? (isKept ? 'as before' : 'new') : textFacts(content),
  };
  const entry = entryOf(project, { before: was, after: { path, ...told } });
  await audit.record(trx, page.audit(entry));
}

function entryOf(project: Project, change: { before?: unknown; after: unknown }) {
  return { action: 'project.files', object: projectObject(project), ...change };
}

/** A file for the audit trail: what a secret one holds is told by nothing. */
async function factsOf(page: Page, trx: Page['db'], file: ProjectFile): Promise<Record<string, unknown>> {
  const { path, placed, source, secret, fill, textId } = file;
  const sealed = secret ? undefined : (await projectFiles.texts(trx, [textId])).get(textId);
  const content = sealed ? textFacts(page.vault.open(sealed)) : 'secret';
  return { path, placed, source, secret, fill, content };
}

async function remove(page: Page): Promise<void> {
  const project = await projectHere(page);
  const { path } = page.form(z.object({ path: filePath }));
  await writing(page.db, async (trx) => {
    const file = (await projectFiles.ofProject(trx, project.id)).find((one) => one.path === path);
    const before = file && (await factsOf(page, trx, file));
    await projectFiles.remove(trx, project.id, path);
    await audit.record(trx, page.audit(entryOf(project, { before, after: { removed: path } })));
  });
  page.redirect(`/projects/${project.key}/files`, { key: 'common.saved' });
}
