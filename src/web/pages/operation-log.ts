import type { StepRow } from '../../model/step.ts';
import * as pulse from '../../store/pulse.ts';
import * as steps from '../../store/steps.ts';
import { seqOf } from '../operation/log-pane.ts';
import { sendText, stepText, wholeText } from '../operation/log-text.ts';
import { logWindow } from '../operation/log-window.ts';
import type { Page } from '../page.ts';
import { get } from '../route.ts';
import { operationOf, seesOperation } from '../subjects.ts';

export const routes = [
  get('/operations/:operation/log', seesOperation, stretch),
  get('/operations/:operation/raw', seesOperation, raw),
];

/** A stretch of one step's log as JSON, for the page's own script. `upTo`: the live stream goes on behind it. */
async function stretch(page: Page): Promise<void> {
  const step = (await chosen(page)) ?? page.notFound();
  const upTo = (await pulse.ofOperation(page.db, step.operationId))?.lastLog ?? 0;
  const place = { at: seqOf(page, 'at'), before: seqOf(page, 'before'), after: seqOf(page, 'after') };
  const window = await logWindow(page.db, step, place);
  page.res.json({ ...window, chunks: window.chunks.filter((chunk) => chunk.seq <= upTo), upTo });
}

/** The whole log as a file, or one step's: every byte that was kept, and what was not is counted. */
async function raw(page: Page): Promise<void> {
  const operation = (await operationOf(page)) ?? page.notFound();
  const one = page.query('step') === null ? null : ((await chosen(page)) ?? page.notFound());
  const wanted = one ? [one] : await steps.ofOperation(page.db, operation.id);
  const name = [operation.projectKey, operation.id, ...(one ? [one.name] : [])].join('-');
  const hosts = new Map(operation.snapshot.hosts.map((host) => [host.hostId, host.name]));
  await sendText(page.res, name, one ? stepText(page.db, one) : wholeText(page.db, wanted, hosts));
}

/** The step that the query names, if it belongs to the operation of the path. */
async function chosen(page: Page): Promise<StepRow | null> {
  const step = await steps.byId(page.db, page.query('step') ?? '');
  return step?.operationId === page.param('operation') ? step : null;
}
