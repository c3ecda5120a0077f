import { ulid } from 'ulid';
import type { Db } from './database.ts';

/** A ticket of another console, long closed. Times are epoch ms. */
export type PastTicket = {
  id: string;
  reason: string;
  applicant: { id: string; name: string };
  closedBy: string;
  filedAt: number;
  closedAt: number;
  project: { id: string; key: string; groupId: string; branch: string };
};

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
  await event(trx, id, {
    at: past.filedAt,
    action: 'filed',
    state: 'waiting',
    by_id: applicant.id,
    by_name: applicant.name,
  });
  await event(trx, id, {
    at: past.closedAt,
    action: 'closed',
    state: 'done',
    by_id: null,
    by_name: past.closedBy,
  });
}

async function event(trx: Db, ticketId: string, row: Record<string, unknown>): Promise<void> {
  await trx('ticket_events').insert({ id: ulid(), ticket_id: ticketId, detail: '{}', ...row });
}
