import { z } from 'zod';
import { launch } from '../../deploy/launch.ts';
import { processKinds } from '../../deploy/one-process.ts';
import { line, lineOrNone, typedOf } from '../form.ts';
import type { Page } from '../page.ts';
import { askLog } from '../processes/log.ts';
import { processesHere, processModel } from '../processes/model.ts';
import { get, post } from '../route.ts';
import { rowId } from '../setup/setup-fields.ts';
import { askerHere, started } from '../setup/started.ts';
import { deploysProject, seesProject } from '../subjects.ts';

const here = '/projects/:project/processes/:placement';

export const routes = [
  get(here, seesProject, show),
  post(here, deploysProject, steer, show),
  post(`${here}/log`, seesProject, log, show),
];

const process = line(200);
const form = z.object({
  process,
  kind: z.enum(processKinds),
  decided: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'wrong')
    .optional(),
  reason: lineOrNone(500).optional(),
  pass: lineOrNone(500).optional(),
  idempotencyKey: rowId.optional(),
});
const logForm = z.object({ process });

/** One process: how it is, the last lines of its log, and what can be done, with its plan before the button. */
async function show(page: Page): Promise<void> {
  const typed = typedOf(page.req.body);
  const { process: name, kind } = page.again
    ? typed
    : { process: page.query('process'), kind: page.query('kind') };
  const wanted = { name: typeof name === 'string' ? name : null, kind: String(kind ?? '') };
  const model = await processModel(page, await processesHere(page), wanted);
  if (model.name === null && wanted.name !== null) page.notFound();
  const poll = page.req.get('HX-Request') && !page.again;
  await page.render(poll ? 'processes/log' : 'processes/show', model);
}

/** Starts the operation that restarts, starts or stops the process. */
async function steer(page: Page): Promise<void> {
  const { process: name, kind, decided, ...typed } = page.form(form);
  const { project, placement } = await processesHere(page);
  const wish = { kind, process: name, projectId: project.id, hostIds: [placement.hostId] };
  const params = decided ? { decided } : {};
  const asker = askerHere(page, typed);
  await started(page, () => launch(page.db, { ...asker, ...wish, params }), {
    no_such_process: { field: 'process' },
  });
}

/** Asks for the last lines of its log; the page shows them as they come. */
async function log(page: Page): Promise<void> {
  const { process: name } = page.form(logForm);
  const { names, path, placement, host } = await processesHere(page);
  const index = names.indexOf(name);
  if (index < 0)
    page.refuse({ field: 'process', code: 'no_such_process', detail: { name, host: host.name } });
  const query = new URLSearchParams({ process: name, log: await askLog(page, placement.id, index) });
  page.redirect(`${path}?${query}#log`);
}
