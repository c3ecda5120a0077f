import { hasText } from '../../i18n/index.ts';
import { checkedCommit } from '../../model/git-ref.ts';
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
export type Looked<T> = {
  id: string /** The commit that was asked from, where there is one. */;
  from: string | null;
  waiting: boolean;
  failure: string | null;
  answer: T | null;
};

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
  page: { db: Page['db']; who: { id: string } },
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

/** Asks what a deploy, or a rollback to a release, would change on these hosts as they are now. */
export async function askComparison(
  page: Page,
  project: Project,
  hostIds: string[],
  releaseId: string | null,
): Promise<string> {
  const kind = releaseId ? 'rollback' : 'deploy';
  const args = { projectId: project.id, hostIds, kind, releaseId, gitUrl: project.gitUrl };
  return questions.ask(page.db, { kind: 'comparison', args, askedBy: page.who.id, deadlineMs: PATIENCE });
}

/** How one file differs. */
export type Patch = { text: string; more: number };

/** Asks how one file differs between two commits. @throws CedarError `git_commit` (422) for anything else */
export async function askDiff(page: Page, project: Project, body: Record<string, unknown>): Promise<string> {
  const from = body.from ? checkedCommit(String(body.from)) : null;
  const args = {
    gitUrl: project.gitUrl,
    from,
    to: checkedCommit(String(body.to)),
    path: String(body.path ?? '').slice(0, 4096),
  };
  const asked = { kind: 'diff' as const, args, askedBy: page.who.id, deadlineMs: PATIENCE };
  return questions.ask(page.db, { ...asked, cacheMs: 600_000 });
}

/** What became of a question about this project's repository; null where `id` names none. */
export async function lookedAt<T>(
  page: Page,
  project: Project,
  kind: 'refs' | 'commits' | 'diff' | 'comparison',
  id: string | null,
): Promise<Looked<T> | null> {
  const question = id === null ? null : await questions.byId(page.db, id);
  if (question?.kind !== kind || question.args.gitUrl !== project.gitUrl) return null;
  if (question.args.projectId && question.args.projectId !== project.id) return null;
  const failed = question.state === 'failed';
  const answer = question.state === 'answered' ? (question.answer as T) : null;
  const failure = failed ? failureOf(page, question.answer as questions.QuestionFailure) : null;
  const from = typeof question.args.from === 'string' ? question.args.from : null;
  return { id: question.id, from, waiting: !failed && answer === null, failure, answer };
}

/** Why a question has no answer, in words. */
export function failureOf(page: Page, { code, detail }: questions.QuestionFailure): string {
  const key = hasText(`error.${code}`) ? `error.${code}` : 'deploy.look_failed';
  return page.t(key, { ...detail, code });
}
