import { ulid } from 'ulid';
import type { Db } from './database.ts';
import * as tickets from './tickets.ts';

/** A ticket of another console. Times are epoch ms. */
export type OtherTicket = {
  id: string;
  reason: string;
  applicant: { id: string; name: string };
  filedAt: number;
  project: { id: string; key: string; groupId: string; branch: string };
};

/** One that was closed there long ago. */
export type PastTicket = OtherTicket & { closedBy: string; closedAt: number };

/** Adds it as one that waits here: without any approval, and without a plan until somebody has it looked up. */
export async function addWaiting(trx: Db, other: OtherTicket): Promise<void> {
  const { id, reason, applicant, project, filedAt } = other;
  await tickets.add(trx, {
    ...{ id, reason, applicantId: applicant.id, applicantName: applicant.name },
    ...{ wishedAt: null, selfStart: false },
    parts: [
      {
        ...{ projectId: project.id, projectKey: project.key, groupId: project.groupId },
        ...{ ref: project.branch, hostIds: null, rollbackId: null, questionId: null },
      },
    ],
  });
  await trx('tickets').where({ id }).update({ created_at: filedAt });
  await filed(trx, other);
}

/** Adds it as it was closed then, with both rows of its history. */
export async function addPast(trx: Db, past: PastTicket): Promise<void> {
  const { id, applicant, project } = past;
  await trx('tickets').insert({
    ...{ id, state: 'done', reason: past.reason, applicant_id: applicant.id, applicant_name: applicant.name },
    ...{ created_at: past.filedAt, closed_at: past.closedAt, self_start: false },
  });
  await trx('ticket_parts').insert({
    ...{ ticket_id: id, position: 0, state: 'done', ref: project.branch },
    ...{ project_id: project.id, project_key: project.key, group_id: project.groupId },
  });
  await filed(trx, past);
  const closed = { at: past.closedAt, action: 'closed', state: 'done', by_id: null, by_name: past.closedBy };
  await event(trx, id, closed);
}

async function filed(trx: Db, { id, filedAt, applicant }: OtherTicket): Promise<void> {
  await event(trx, id, {
    ...{ at: filedAt, action: 'filed', state: 'waiting', by_id: applicant.id, by_name: applicant.name },
  });
}

async function event(trx: Db, ticketId: string, row: Record<string, unknown>): Promise<void> {
  await trx('ticket_events').insert({ id: ulid(), ticket_id: ticketId, detail: '{}', ...row });
}
