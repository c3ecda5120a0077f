import { z } from 'zod';
import { launch } from '../../deploy/launch.ts';
import { lineOrNone } from '../form.ts';
import type { Page } from '../page.ts';
import { post } from '../route.ts';
import { rowId } from '../setup/setup-fields.ts';
import { askerHere, started } from '../setup/started.ts';
import { deploysProject, projectOf } from '../subjects.ts';

export const routes = [post('/projects/:project/clean-cache', deploysProject, clean)];

const form = z.object({ idempotencyKey: rowId.optional(), pass: lineOrNone(500).optional() });

/** Has the worker's copy of the project's repository removed, so that the next fetch clones it anew. */
async function clean(page: Page): Promise<void> {
  const project = (await projectOf(page)) ?? page.notFound();
  const asker = askerHere(page, page.form(form));
  const wish = { ...asker, kind: 'clean-cache' as const, projectId: project.id, hostIds: [] };
  await started(page, () => launch(page.db, wish));
}
