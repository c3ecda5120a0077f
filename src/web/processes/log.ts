import type { LogTail } from '../../questions/log-tail.ts';
import * as questions from '../../store/questions.ts';
import { failureOf } from '../deploy/look.ts';
import type { Page } from '../page.ts';
import { plainText } from './plain-text.ts';

/** After so long nobody waits for a machine's answer any more. */
const PATIENCE_MS = 20_000;
/** Pressed again at once, it is the same question. */
const SAME_MS = 1000;

/** The last lines of a process's log as a page shows them: waiting, failed in words, or there. */
export type Shown = {
  id: string;
  waiting: boolean;
  failure: string | null;
  /** What there is to read; of two streams that say the same, one. */
  logs: { stream: 'stdout' | 'stderr'; text: string }[];
  /** When it was asked for. */
  at: number;
};

/** Asks a worker for the last lines of one process's own log. */
export function askLog(page: Page, placementId: string, process: number): Promise<string> {
  const args = { placementId, process };
  const asked = { kind: 'log-tail' as const, args, askedBy: page.who.id };
  return questions.ask(page.db, { ...asked, deadlineMs: PATIENCE_MS, cacheMs: SAME_MS });
}

/** What became of such a question; null where `id` names none about this process. */
export async function shownLog(
  page: Page,
  placementId: string,
  process: number,
  id: string | null,
): Promise<Shown | null> {
  const question = id === null ? null : await questions.byId(page.db, id);
  if (question?.kind !== 'log-tail') return null;
  if (question.args.placementId !== placementId || question.args.process !== process) return null;
  const { state, askedAt: at } = question;
  const none = { id: question.id, at, waiting: false, failure: null, logs: [] };
  if (state === 'failed')
    return { ...none, failure: failureOf(page, question.answer as questions.QuestionFailure) };
  if (state !== 'answered') return { ...none, waiting: true };
  return { ...none, logs: readable(question.answer as LogTail) };
}

function readable({ logs }: LogTail): Shown['logs'] {
  const there = logs.map(({ stream, text }) => ({ stream, text: plainText(text ?? '') }));
  return there.filter(
    ({ text }, index) => text.trim() !== '' && there.findIndex((one) => one.text === text) === index,
  );
}
