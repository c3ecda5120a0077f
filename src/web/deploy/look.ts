import { hasText } from '../../i18n/index.ts';
import type { Project } from '../../model/project.ts';
import * as questions from '../../store/questions.ts';
import type { Page } from '../page.ts';

/** Milliseconds after which nobody waits for a git server's answer any more. */
const PATIENCE = 60_000;

type Named = { name: string; commit: string; at: number };
export type Refs = { branches: Named[]; tags: Named[] };

type Commit = { commit: string; subject: string; author: string; at: number };
export type Changes = {
  target: { commit: string; subject: string; author: string; committedAt: number };
  in: Commit[];
  out: Commit[];
  files: { status: string; path: string }[];
};

/** A question as a page shows it: waiting, failed in words, or answered. */
export type Looked<T> = { id: string; waiting: boolean; failure: string | null; answer: T | null };

/** Asks a worker for the branches and tags; the same within a quarter of a minute is asked once. */
export async function askRefs(page: Page, project: Project): Promise<string> {
  const args = { gitUrl: project.gitUrl };
  return questions.ask(page.db, {
    kind: 'refs',
    args,
    askedBy: page.who.id,
    deadlineMs: PATIENCE,
    cacheMs: 15_000,
  });
}

/** Asks what lies between the commit that runs (null: nothing does) and a ref. */
export async function askChanges(
  page: Page,
  project: Project,
  from: string | null,
  to: string,
): Promise<string> {
  const args = { gitUrl: project.gitUrl, from, to };
  return questions.ask(page.db, {
    kind: 'commits',
    args,
    askedBy: page.who.id,
    deadlineMs: PATIENCE,
    cacheMs: 15_000,
  });
}

/** What became of a question about this project's repository; null where `id` names none. */
export async function lookedAt<T>(
  page: Page,
  project: Project,
  kind: 'refs' | 'commits',
  id: string | null,
): Promise<Looked<T> | null> {
  const question = id === null ? null : await questions.byId(page.db, id);
  if (question?.kind !== kind || question.args.gitUrl !== project.gitUrl) return null;
  const failed = question.state === 'failed';
  const answer = question.state === 'answered' ? (question.answer as T) : null;
  const failure = failed ? failureOf(page, question.answer as questions.QuestionFailure) : null;
  return { id: question.id, waiting: !failed && answer === null, failure, answer };
}

function failureOf(page: Page, { code, detail }: questions.QuestionFailure): string {
  const key = hasText(`error.${code}`) ? `error.${code}` : 'deploy.look_failed';
  return page.t(key, { ...detail, code });
}
