import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { StepRow } from '../../model/step.ts';
import type { Db } from '../../store/database.ts';
import * as logGaps from '../../store/log-gaps.ts';
import * as logs from '../../store/logs.ts';
import * as pulse from '../../store/pulse.ts';
import * as steps from '../../store/steps.ts';
import { seqOf } from '../operation/log-pane.ts';
import { logWindow } from '../operation/log-window.ts';
import type { Page } from '../page.ts';
import { get } from '../route.ts';
import { operationOf, seesOperation } from '../subjects.ts';

export const routes = [
  get('/operations/:operation/log', seesOperation, stretch),
  get('/operations/:operation/raw', seesOperation, raw),
];

const PAGE = 100;

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
  page.res.set({
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    'Content-Disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '_')}.log"`,
  });
  const hosts = new Map(operation.snapshot.hosts.map((host) => [host.hostId, host.name]));
  const text = one ? stepText(page.db, one) : wholeText(page.db, wanted, hosts);
  await pipeline(Readable.from(text), page.res).catch(unlessGone);
}

/** All steps in their order, each below a line that names it. */
async function* wholeText(db: Db, wanted: StepRow[], hosts: Map<string, string>): AsyncGenerator<string> {
  for (const step of wanted) {
    const place = [hosts.get(step.hostId ?? ''), step.process === null ? null : `#${step.process + 1}`];
    yield `=== ${[step.name, ...place.filter(Boolean)].join(' ')} (${step.state})\n`;
    yield* stepText(db, step);
  }
}

async function* stepText(db: Db, step: StepRow): AsyncGenerator<string> {
  const gap = await logGaps.ofStep(db, step);
  let end = '\n';
  for (let seq = 0, more = true; more; ) {
    const chunks = await logs.ofStepAfter(db, step.id, seq, PAGE);
    for (const chunk of chunks) {
      yield chunk.text;
      if (gap?.after === chunk.seq) yield `\n[gap] ${gap.bytes} bytes\n`;
    }
    end = chunks.at(-1)?.text ?? end;
    seq = chunks.at(-1)?.seq ?? seq;
    more = chunks.length === PAGE;
  }
  if (!end.endsWith('\n')) yield '\n';
}

/** Whoever stops a download in the middle is no error of ours. */
function unlessGone(error: unknown): void {
  if ((error as { code?: unknown }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
}

/** The step that the query names, if it belongs to the operation of the path. */
async function chosen(page: Page): Promise<StepRow | null> {
  const step = await steps.byId(page.db, page.query('step') ?? '');
  return step?.operationId === page.param('operation') ? step : null;
}
