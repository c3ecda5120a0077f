import type { Ticket, TicketPart, TicketState } from '../model/ticket.ts';

export type Row = Record<string, unknown>;

const number = (value: unknown) => (value === null ? null : Number(value));
const json = (value: unknown) => (value === null ? null : JSON.parse(value as string));

export function ticketOf(row: Row, parts: TicketPart[]): Ticket {
  return {
    id: row.id as string,
    state: row.state as TicketState,
    reason: row.reason as string,
    applicantId: row.applicant_id as string,
    applicantName: row.applicant_name as string,
    createdAt: Number(row.created_at),
    wishedAt: number(row.wished_at),
    selfStart: Boolean(row.self_start),
    approvedBy: row.approved_by as string | null,
    approvedName: row.approved_name as string | null,
    approvedPlan: row.approved_plan as string | null,
    approvedAt: number(row.approved_at),
    expiresAt: number(row.expires_at),
    closedAt: number(row.closed_at),
    problem: json(row.problem),
    parts,
  };
}

export function partOf(row: Row): Omit<TicketPart, 'approvers'> {
  return {
    position: Number(row.position),
    projectId: row.project_id as string,
    projectKey: row.project_key as string,
    groupId: (row.group_now ?? row.group_id) as string,
    kind: row.kind as TicketPart['kind'],
    ref: row.ref as string,
    releaseId: row.release_id as string | null,
    restart: Boolean(row.restart),
    hostIds: json(row.host_ids),
    rollbackId: row.rollback_id as string | null,
    questionId: row.question_id as string | null,
    commit: row.commit_id as string | null,
    decision: row.decision_hash as string | null,
    changes: json(row.changes),
    configuration: json(row.configuration ?? null),
    problem: json(row.problem),
    state: row.state as TicketPart['state'],
    operationId: row.operation_id as string | null,
  };
}
