import { createHash } from 'node:crypto';
import type { ApproverRule } from './approvers.ts';
import type { ConfigurationChanges } from './configuration-changes.ts';
import { neededFor } from './kind-permission.ts';
import { may } from './permission.ts';
import type { Person } from './person.ts';

/** The first three are open; the others are final. */
export const ticketStates = [
  'waiting',
  'approved',
  'running',
  'done',
  'refused',
  'withdrawn',
  'expired',
] as const;
export type TicketState = (typeof ticketStates)[number];
export const openTicketStates: readonly TicketState[] = ['waiting', 'approved', 'running'];
export const closedTicketStates: readonly TicketState[] = ['done', 'refused', 'withdrawn', 'expired'];

/** What a ticket may ask for. */
export const ticketKinds = ['deploy', 'promote', 'rollback', 'restart', 'push-configuration'] as const;
export type TicketKind = (typeof ticketKinds)[number];

/** What stands in the way, as the locale text `error.<code>`. */
export type TicketProblem = { code: string; detail: Record<string, string | number> };

/** What a part would bring, as it was when its commit was resolved. */
export type FrozenChanges = {
  from: string | null;
  subject: string;
  author: string;
  commits: { commit: string; subject: string; author: string }[];
  out: number;
  files: { status: string; path: string }[];
  moreFiles: number;
};

/** One project of a ticket; they are deployed in the order of their positions. */
export type TicketPart = {
  position: number;
  projectId: string;
  projectKey: string;
  /** The group that owns the project now. */
  groupId: string;
  /** Who decides about it, as its project or group says now. */
  approvers: ApproverRule;
  kind: TicketKind;
  /** Empty for kinds that build nothing. */
  ref: string;
  /** Null: all hosts that the project has. */
  hostIds: string[] | null;
  /** What is promoted, or gone back to. */
  releaseId: string | null;
  /** push-configuration: the processes take it over. */
  restart: boolean;
  /** The release to go back to, chosen in advance. */
  rollbackId: string | null;
  /** The question that resolves the ref. */
  questionId: string | null;
  commit: string | null;
  /** decisionHash of what it would do; null until the commit is known. */
  decision: string | null;
  changes: FrozenChanges | null;
  /** What of the configuration it would bring; null until the commit is known. */
  configuration: ConfigurationChanges | null;
  problem: TicketProblem | null;
  state: 'open' | 'running' | 'done';
  operationId: string | null;
};

/** A wish to deploy. Times are epoch milliseconds. */
export type Ticket = {
  id: string;
  state: TicketState;
  reason: string;
  applicantId: string;
  applicantName: string;
  createdAt: number;
  wishedAt: number | null;
  /** It starts itself at the wished time. */
  selfStart: boolean;
  approvedBy: string | null;
  approvedName: string | null;
  /** planHash of what was approved. */
  approvedPlan: string | null;
  approvedAt: number | null;
  expiresAt: number | null;
  closedAt: number | null;
  /** Why it could not start itself, the last time. */
  problem: TicketProblem | null;
  parts: TicketPart[];
};

/** SHA-256 over everything that an approval binds; null while a commit is not known or something is in the way. */
export function planHash({ parts }: Pick<Ticket, 'parts'>): string | null {
  if (parts.some((part) => part.decision === null || part.problem !== null)) return null;
  const bound = parts.map(({ projectId, ref, hostIds, commit, decision, rollbackId }) => [
    ...[projectId, ref, hostIds, commit, decision, rollbackId],
  ]);
  return createHash('sha256').update(JSON.stringify(bound)).digest('hex');
}

/** True while something may still come of it. */
export function isOpen({ state }: Pick<Ticket, 'state'>): boolean {
  return openTicketStates.includes(state);
}

/** The part that is deployed next; null while one runs and when all are done. */
export function nextPart({ parts }: Pick<Ticket, 'parts'>): TicketPart | null {
  const first = parts.find((part) => part.state !== 'done');
  return first?.state === 'open' ? first : null;
}

/** Whoever decides about every part of it; never the applicant. */
export function mayApprove(person: Person, ticket: Ticket): boolean {
  if (person.id === ticket.applicantId) return false;
  return ticket.parts.every((part) => decides(person, part));
}

/** The people who were chosen, as long as they are of the group; else those with the right. Admins unless switched off. */
function decides(person: Person, { groupId, kind, approvers }: TicketPart): boolean {
  const subject = { groupId, production: true };
  if (approvers.people?.includes(person.id)) return may(person, 'project.see', subject);
  if (person.role === 'admin') return approvers.admins;
  return approvers.people === null && may(person, neededFor[kind], subject);
}

/** The applicant, admins, and members of a group that owns one of its projects. */
export function seesTicket(person: Person, ticket: Ticket): boolean {
  if (person.id === ticket.applicantId) return true;
  return ticket.parts.some(({ groupId }) => may(person, 'project.see', { groupId, production: true }));
}
