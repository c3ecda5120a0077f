import { CedarError } from '../../errors.ts';
import { hasText } from '../../i18n/index.ts';
import * as questions from '../../store/questions.ts';
import type { Page } from '../page.ts';

/** Milliseconds that people wait for an answer from a machine at most. */
export const PATIENCE = 30_000;

/** Asks on behalf of the person at hand. Answers the question's id. */
export function ask(
  page: Page,
  kind: questions.QuestionKind,
  args: Record<string, unknown>,
): Promise<string> {
  return questions.ask(page.db, { kind, args, askedBy: page.who.id, deadlineMs: PATIENCE });
}

/** The question that the path names. 404 unless it is of this kind and `fits` the thing that the path names. */
export async function questionOf(
  page: Page,
  kind: questions.QuestionKind,
  fits: (args: Record<string, unknown>) => boolean,
): Promise<questions.Question> {
  const question = await questions.byId(page.db, page.param('question'));
  return question?.kind === kind && fits(question.args) ? question : page.notFound();
}

/** The answer that a deed goes by. @throws CedarError `question_open` (409) where there is none. */
export function answerOf<T>(question: questions.Question): T {
  if (question.state !== 'answered') throw new CedarError('question_open', {}, 409);
  return question.answer as T;
}

/**
 * Shows a question: `view` as a page, `<view>-answer` alone to htmx, which asks again while `waiting`. Both get
 * `questionId`, `waiting`, `failure` (a text, or null) and `answer` (null until there is one) beside `model`.
 */
export async function renderQuestion<T>(
  page: Page,
  view: string,
  question: questions.Question,
  model: (answer: T | null) => Record<string, unknown>,
): Promise<void> {
  const answer = question.state === 'answered' ? (question.answer as T) : null;
  const failure = question.state === 'failed' ? failureText(page, question.answer) : null;
  const parts = {
    questionId: question.id,
    waiting: answer === null && failure === null,
    failure,
    answer,
    ...model(answer),
  };
  await page.render(page.req.get('HX-Request') ? `${view}-answer` : view, parts);
}

function failureText(page: Page, answer: unknown): string {
  const { code, detail } = answer as questions.QuestionFailure;
  return page.t(hasText(`error.${code}`) ? `error.${code}` : 'error.question_failed', { ...detail, code });
}
