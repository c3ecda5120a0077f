import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { StepRow } from '../../model/step.ts';
import type { Db } from '../../store/database.ts';
import * as logGaps from '../../store/log-gaps.ts';
import * as logs from '../../store/logs.ts';

const PAGE = 100;

/** Sends a log as a file of that name, at the reader's pace (S56). */
export async function sendText(res: Response, name: string, text: AsyncGenerator<string>): Promise<void> {
  res.set({
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    'Content-Disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '_')}.log"`,
  });
  await pipeline(Readable.from(text), res).catch(unlessGone);
}

/** All steps in their order, each below a line that names it. */
export async function* wholeText(
  db: Db,
  wanted: StepRow[],
  hosts: Map<string, string>,
): AsyncGenerator<string> {
  for (const step of wanted) {
    const place = [hosts.get(step.hostId ?? ''), step.process === null ? null : `#${step.process + 1}`];
    yield `=== ${[step.name, ...place.filter(Boolean)].join(' ')} (${step.state})\n`;
    yield* stepText(db, step);
  }
}

/** One step's log: every byte that was kept, and what was not is counted. */
export async function* stepText(db: Db, step: StepRow): AsyncGenerator<string> {
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
