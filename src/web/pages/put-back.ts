import { z } from 'zod';
import { launch } from '../../deploy/launch.ts';
import { lineOrNone, many } from '../form.ts';
import { passAgain } from '../operation/pass-again.ts';
import { refusalOf } from '../operation/refusal.ts';
import type { Page } from '../page.ts';
import { post } from '../route.ts';
import { deploysProject, projectOf } from '../subjects.ts';

export const routes = [post('/projects/:project/put-back', deploysProject, putBack)];

const id = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'wrong');
const form = z.object({ hosts: many(id), idempotencyKey: id, pass: lineOrNone(500).optional() });

/** Starts the operation that puts processes back into traffic; where it cannot start, the project's page says why. */
async function putBack(page: Page): Promise<void> {
  const project = (await projectOf(page)) ?? page.notFound();
  const { hosts, idempotencyKey, pass } = page.form(form);
  try {
    const operation = await launch(page.db, {
      ...{ kind: 'put-back', projectId: project.id, hostIds: hosts, idempotencyKey, pass },
      by: page.who,
      ip: page.req.ip ?? null,
      requestId: String(page.req.id),
    });
    page.redirect(`/operations/${operation.id}`);
  } catch (error) {
    if (await passAgain(page, error)) return;
    const { message } = refusalOf(page, error);
    page.redirect(`/projects/${project.key}`, {
      key: 'traffic.not_started',
      detail: { message },
      kind: 'bad',
    });
  }
}
