import { CedarError } from '../errors.ts';
import { decisionHash } from '../model/decision.ts';
import type { OperationParams } from '../model/snapshot.ts';
import type { FrozenChanges, TicketPart, TicketProblem } from '../model/ticket.ts';
import type { Db } from '../store/database.ts';
import * as placements from '../store/placements.ts';
import * as projects from '../store/projects.ts';
import * as questions from '../store/questions.ts';
import * as releases from '../store/releases.ts';
import { snapshotOf } from '../store/snapshot.ts';
import { promotionOf } from './promotion.ts';

/** What a part of a ticket stands for now. */
export type PartNow = {
  commit?: string;
  changes?: FrozenChanges;
  decision: string | null;
  problem: TicketProblem | null;
};

type Answer = {
  target: { commit: string; subject: string; author: string };
  in: FrozenChanges['commits'];
  out: unknown[];
  files: FrozenChanges['files'];
  moreFiles?: number;
};

/** The hosts of a part, all of the project's where none are named, in their order. */
export async function hostsOf(db: Db, { projectId, hostIds }: TicketPart): Promise<string[]> {
  const placed = (await placements.ofProject(db, projectId)).map((placement) => placement.hostId);
  return hostIds ?? placed;
}

/** Looks at what a part stands for: resolves its ref from the answer, and hashes the plan as it is now. */
export async function partNow(db: Db, part: TicketPart): Promise<PartNow> {
  if (part.kind !== 'deploy') return decided(db, part, null);
  if (part.commit !== null) return decided(db, part, part.commit);
  if (part.questionId === null) return { decision: null, problem: { code: 'ticket_unseen', detail: {} } };
  const question = await questions.byId(db, part.questionId);
  if (question?.state === 'failed')
    return { decision: null, problem: question.answer as questions.QuestionFailure };
  if (question === null) return { decision: null, problem: { code: 'question_expired', detail: {} } };
  if (question.state !== 'answered') return { decision: null, problem: null };
  const answer = question.answer as Answer;
  const { commit } = answer.target;
  return { commit, changes: frozen(answer, question.args.from), ...(await decided(db, part, commit)) };
}

/** What its operation is told besides hosts, ref and release. @throws CedarError of `promotionOf`, `no_such_project` */
export async function paramsOf(db: Db, part: TicketPart): Promise<OperationParams> {
  if (part.kind === 'push-configuration') return part.restart ? { restart: true } : {};
  if (part.kind !== 'promote') return {};
  const target = await projects.byId(db, part.projectId);
  if (!target) throw new CedarError('no_such_project', {}, 404);
  return { promotion: await promotionOf(db, target, part.releaseId ?? '') };
}

async function backTo(db: Db, { releaseId, projectId }: TicketPart): Promise<string> {
  const release = releaseId ? await releases.byId(db, releaseId) : null;
  if (release?.projectId === projectId && release.state === 'kept') return release.id;
  throw new CedarError('no_such_release', {}, 422);
}

async function decided(db: Db, part: TicketPart, commit: string | null): Promise<PartNow> {
  try {
    const hostIds = await hostsOf(db, part);
    if (hostIds.length === 0) throw new CedarError('no_hosts', {}, 422);
    const snapshot = await snapshotOf(db, part.projectId, hostIds, await paramsOf(db, part));
    const releaseId = part.kind === 'rollback' ? await backTo(db, part) : null;
    const decision = decisionHash({ kind: part.kind, commit, releaseId }, snapshot);
    return { decision, problem: null };
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    const { code, detail } = error;
    return { decision: null, problem: { code, detail } };
  }
}

function frozen({ target, files, moreFiles, ...answer }: Answer, from: unknown): FrozenChanges {
  return {
    from: typeof from === 'string' ? from : null,
    ...{ subject: target.subject, author: target.author, out: answer.out.length },
    commits: answer.in.map(({ commit, subject, author }) => ({ commit, subject, author })),
    ...{ files: files.slice(0, 500), moreFiles: (moreFiles ?? 0) + Math.max(0, files.length - 500) },
  };
}
