import { ulid } from 'ulid';
import * as imported from '../store/imported.ts';
import { addPast } from '../store/past-tickets.ts';
import * as projects from '../store/projects.ts';
import type { OldTicket } from './rows.ts';
import type { Taking } from './taking.ts';

/** Takes the closed tickets of projects and people that are here. What still waits has to be filed anew. */
export async function takeTickets(
  taking: Taking,
  users: Map<string, string>,
  projectIds: Map<string, string>,
): Promise<void> {
  const { trx, original, findings } = taking;
  const before = await imported.all(trx, 'ticket');
  for (const old of original.tickets) {
    const name = `${old.id} ${old.project}`;
    const [projectId, applicantId] = [projectIds.get(old.project), users.get(old.applicant)];
    const [filedAt, closedAt] = [moment(old.filedAt), moment(old.closedAt)];
    if (before.has(old.id)) findings.add('ticket', name, 'there');
    else if (old.status !== 'done') findings.add('ticket', name, 'left', 'it waits still: file it anew');
    else if (!projectId) findings.add('ticket', name, 'left', 'its project is not here');
    else if (!applicantId) findings.add('ticket', name, 'left', 'its applicant is not here');
    else if (!filedAt || !closedAt) findings.add('ticket', name, 'left', 'its times cannot be read');
    else {
      await keep(taking, old, { projectId, applicantId, filedAt, closedAt });
      findings.add('ticket', name, 'taken');
    }
  }
}

type Known = { projectId: string; applicantId: string; filedAt: number; closedAt: number };

async function keep({ trx }: Taking, old: OldTicket, known: Known): Promise<void> {
  const project = await projects.byId(trx, known.projectId);
  if (!project) return;
  const id = ulid(known.filedAt);
  await addPast(trx, {
    ...{ id, filedAt: known.filedAt, closedAt: known.closedAt },
    reason: old.remarks.slice(0, 500) || old.project,
    applicant: { id: known.applicantId, name: old.applicant },
    closedBy: old.executor || '?',
    project,
  });
  await imported.remember(trx, 'ticket', old.id, id);
}

/** Seconds since 1970, as the original writes them; null for anything else. */
function moment(seconds: string): number | null {
  const at = /^\d{9,11}(?:\.\d+)?$/.test(seconds) ? Math.round(Number(seconds) * 1000) : 0;
  return at > 0 && at <= Date.now() ? at : null;
}
