import { z } from 'zod';
import { relativePath } from '../../model/project.ts';
import * as audit from '../../store/audit.ts';
import * as placements from '../../store/placements.ts';
import { writing } from '../../store/transaction.ts';
import { many } from '../form.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { type Placed, placementHere, placementPath } from '../setup/placement-of.ts';
import { projectObject } from '../setup/project-facts.ts';
import { configuresProject } from '../setup/project-of.ts';
import { answerOf, ask, questionOf, renderQuestion } from '../setup/question-page.ts';
import { refused } from '../setup/refusal.ts';

export const routes = [
  post('/projects/:project/hosts/:placement/adoption', configuresProject, look),
  get('/projects/:project/hosts/:placement/adoption/:question', configuresProject, show),
  post(
    '/projects/:project/hosts/:placement/adoption/:question',
    configuresProject,
    agree,
    refused('placement.adopt', show),
  ),
];

/** What the worker answers to `adoption`. */
type Found = { present: boolean; untracked: Untracked[]; programs: string[] };
type Untracked = { path: string; kind: 'file' | 'folder' };

const agreeForm = z.object({ keep: many(relativePath) });

async function look(page: Page): Promise<void> {
  page.redirect(await askAdoption(page, await placementHere(page)));
}

/** Asks what the machine already has of the project. Answers where it will be shown. */
export async function askAdoption(page: Page, placed: Placed): Promise<string> {
  const question = await ask(page, 'adoption', { placementId: placed.placement.id });
  return `${placementPath(placed)}/adoption/${question}`;
}

async function show(page: Page): Promise<void> {
  const placed = await placementHere(page);
  const { project, placement, host } = placed;
  const kept = new Set(placement.adoption?.keep.map(({ path }) => path));
  await renderQuestion<Found>(page, 'placements/adoption', await asked(page, placed), (answer) => ({
    project,
    host,
    path: placementPath(placed),
    adoption: placement.adoption,
    untracked: (answer?.untracked ?? []).map((item) => ({ ...item, kept: kept.has(item.path) })),
    programs: answer?.programs ?? [],
    problems: page.problems(),
  }));
}

/** Keeps which of the paths that were shown live on as shared; the others go into the set-aside release alone. */
async function agree(page: Page): Promise<void> {
  const placed = await placementHere(page);
  const { untracked } = answerOf<Found>(await asked(page, placed));
  const { keep } = page.form(agreeForm);
  const chosen = untracked.filter(({ path }) => keep.includes(path));
  if (chosen.length < new Set(keep).size) page.refuse({ field: 'keep', code: 'choice' });
  const adoption = { agreedBy: page.who.username, agreedAt: Date.now(), keep: chosen };
  await writing(page.db, async (trx) => {
    await placements.agree(trx, placed.placement.id, adoption);
    const after = { host: placed.host.name, keep: chosen.map(({ path }) => path) };
    const entry = { action: 'placement.adopt', object: projectObject(placed.project), after };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect(`/projects/${placed.project.key}/hosts`, { key: 'projects.adopted' });
}

function asked(page: Page, { placement }: Placed) {
  return questionOf(page, 'adoption', (args) => args.placementId === placement.id);
}
