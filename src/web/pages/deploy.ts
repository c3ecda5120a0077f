import { z } from 'zod';
import { launch } from '../../deploy/launch.ts';
import { InvalidForm } from '../../errors.ts';
import { isGitRef } from '../../model/git-ref.ts';
import type { OperationParams } from '../../model/operation.ts';
import type { Project } from '../../model/project.ts';
import { deployModel } from '../deploy/model.ts';
import { neighbours } from '../deploy/neighbours.ts';
import { checkbox, lineOrNone, many } from '../form.ts';
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

const id = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'wrong');

const form = z.object({
  kind: z.enum(['deploy', 'prepare', 'rollback', 'restart', 'stop']),
  hosts: many(id),
  ref: z
    .string()
    .trim()
    .refine((text) => text === '' || isGitRef(text), 'ref')
    .optional(),
  releaseId: z.union([id, z.literal('')]).optional(),
  fast: checkbox,
  reason: lineOrNone(500).optional(),
  idempotencyKey: id,
  /** What the plan page showed: that runs, or nothing. */
  commit: z
    .string()
    .regex(/^[0-9a-f]{40}$/, 'wrong')
    .optional(),
  decided: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'wrong')
    .optional(),
});

async function list(page: Page): Promise<void> {
  await page.render('deploy/list', { neighbours: await neighbours(page), project: null });
}

async function show(page: Page): Promise<void> {
  const model = await deployModel(page, await find(page));
  await page.render('deploy/show', { ...model, refusal: null });
}

async function toShow(page: Page): Promise<void> {
  page.redirect(`/projects/${(await find(page)).key}`);
}

async function start(page: Page): Promise<void> {
  const typed = page.form(form);
  const project = await find(page);
  if (typed.hosts.length === 0) page.refuse({ field: 'hosts', code: 'hosts_needed' });
  const builds = typed.kind === 'deploy' || typed.kind === 'prepare';
  const isRollback = typed.kind === 'rollback';
  if (isRollback && !typed.releaseId) page.refuse({ field: 'releaseId', code: 'required' });
  try {
    const operation = await launch(page.db, {
      kind: isRollback && typed.fast ? 'fast-rollback' : typed.kind,
      projectId: project.id,
      hostIds: typed.hosts,
      ref: builds ? typed.ref || project.branch : null,
      releaseId: isRollback ? typed.releaseId : null,
      reason: typed.reason ?? null,
      params: shownOf(typed),
      by: page.who,
      ip: page.req.ip ?? null,
      requestId: String(page.req.id),
      idempotencyKey: typed.idempotencyKey,
    });
    page.redirect(`/operations/${operation.id}`);
  } catch (error) {
    await refuse(page, project, error);
  }
}

function shownOf({ commit, decided }: { commit?: string; decided?: string }): OperationParams {
  return { ...(commit && { commit }), ...(decided && { decided }) };
}

/** The page again with what was chosen, and the reason why nothing was started. */
async function refuse(page: Page, project: Project, error: unknown): Promise<void> {
  if (error instanceof InvalidForm) throw error;
  const refusal = refusalOf(page, error);
  page.showAgain([]);
  const model = await deployModel(page, project);
  await page.render('deploy/show', { ...model, refusal: refusal.message }, refusal.status);
}

async function find(page: Page): Promise<Project> {
  return (await projectOf(page)) ?? page.notFound();
}
