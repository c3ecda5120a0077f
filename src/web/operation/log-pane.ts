import { linesOf } from '../../../public/js/log-lines.js';
import * as pulse from '../../store/pulse.ts';
import type { Page } from '../page.ts';
import { searchLog } from './log-search.ts';
import { type LogWindow, logWindow, type WindowPlace } from './log-window.ts';
import { stepTitle } from './titles.ts';
import type { Loaded } from './view.ts';

/** The log of the chosen step: its end, or the surroundings of the line that a link names, or the lines found. */
export async function logPane(page: Page, loaded: Loaded): Promise<Record<string, unknown>> {
  const step = loaded.chosen;
  const words = page.query('q')?.slice(0, 200) ?? '';
  const place: WindowPlace = { at: seqOf(page, 'at'), before: seqOf(page, 'before') };
  const upTo = (await pulse.ofOperation(page.db, loaded.operation.id))?.lastLog ?? 0;
  const window = step ? await logWindow(page.db, step, place) : nothing;
  const host = loaded.hosts.find((candidate) => candidate.hostId === step?.hostId);
  return {
    upTo,
    words,
    hits: step && words ? await searchLog(page.db, step.id, words) : null,
    window,
    earlier: window.first ? null : (window.chunks[0]?.seq ?? null),
    lines: withGap(window),
    stepName: step ? stepTitle(page.t, step) : '',
    hostName: host?.hostName ?? '',
    zone: page.who.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    clock: clockOf(page),
  };
}

const nothing: LogWindow = { chunks: [], first: true, last: true, gap: null };

/** A number of a log chunk in the query; null where there is none. */
export function seqOf(page: Page, name: string): number | null {
  const text = page.query(name);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Lines with the gap's size in front of the first one behind it. */
function withGap({ chunks, gap }: LogWindow) {
  const head = gap ? chunks.filter((chunk) => chunk.seq <= gap.after) : [];
  const tail = chunks.slice(head.length);
  const marked = linesOf(tail).map((line, index) => ({
    ...line,
    missing: gap && index === 0 && (head.length > 0 || chunks[0]?.seq === gap.after + 1) ? gap.bytes : 0,
  }));
  return [...linesOf(head).map((line) => ({ ...line, missing: 0 })), ...marked];
}

function clockOf(page: Page): (at: number) => string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeStyle: 'medium',
    timeZone: page.who.timeZone ?? undefined,
  });
  return (at) => format.format(at);
}
