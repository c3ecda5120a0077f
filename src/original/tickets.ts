import { ulid } from 'ulid';
import type { Project } from '../model/project.ts';
import * as imported from '../store/imported.ts';
import { addPast, addWaiting } from '../store/past-tickets.ts';
import * as projects from '../store/projects.ts';
import * as tickets from '../store/tickets.ts';
import { oneLine } from './one-line.ts';
import type { OldTicket } from './rows.ts';
import type { Taking } from './taking.ts';

/** What a waiting ticket becomes: no approval comes along, and nothing is known of what it would change. */
const CONFIRM = 'it waits here too: look up what it would change, then decide';

/**
 * Takes the tickets of projects and people that are here: closed ones as they were closed; waiting ones wait here too,
 * for a person who has looked up what they would change.
 */
export async function takeTickets(
  taking: Taking,
  users: Map<string, string>,
  projectIds: Map<string, string>,
): Promise<void> {
  const { trx, original, findings } = taking;
  for (const old of original.tickets) {
    const name = `${old.id} ${old.project}`;
    const earlier = await imported.takenAs(trx, 'ticket', old.id);
    const [projectId, applicantId] = [projectIds.get(old.project), users.get(old.applicant)];
    const project = projectId ? await projects.byId(trx, projectId) : null;
    const [filedAt, closedAt] = [moment(old.filedAt), moment(old.closedAt)];
    if (earlier !== null) findings.add('ticket', name, 'there', await since(taking, old, earlier));
    else if (!['wait', 'done'].includes(old.status))
      findings.add('ticket', name, 'left', 'its state is none that the original knew: file it anew');
    else if (!project) findings.add('ticket', name, 'left', 'its project is not here');
    else if (!applicantId) findings.add('ticket', name, 'left', 'its applicant is not here: file it anew');
    else if (!filedAt || (old.status === 'done' && !closedAt))
      findings.add('ticket', name, 'left', 'its times cannot be read');
    else {
      const done = old.status === 'done' ? closedAt : null;
      await keep(taking, old, { project, applicantId, filedAt, closedAt: done });
      findings.add('ticket', name, done === null ? 'partly' : 'taken', done === null ? CONFIRM : '');
    }
  }
}

type Known = { project: Project; applicantId: string; filedAt: number; closedAt: number | null };

async function keep({ trx }: Taking, old: OldTicket, known: Known): Promise<void> {
  const { project, filedAt, closedAt } = known;
  const ticket = {
    ...{ id: ulid(filedAt), filedAt, project },
    reason: oneLine(old.remarks, 500) || project.key,
    applicant: { id: known.applicantId, name: oneLine(old.applicant, 128) },
  };
  if (closedAt === null) await addWaiting(trx, ticket);
  else await addPast(trx, { ...ticket, closedAt, closedBy: oneLine(old.executor, 128) || '?' });
  await imported.remember(trx, 'ticket', old.id, ticket.id);
}

/** One that was closed there after it was taken is closed here by hand: something else may have become of it here. */
async function since({ trx }: Taking, old: OldTicket, id: string): Promise<string> {
  if (old.status !== 'done') return '';
  const ticket = await tickets.byId(trx, id);
  return ticket?.state === 'waiting' ? 'it was closed there meanwhile: close it here' : '';
}

/** Seconds since 1970, as the original writes them; null for anything else. */
function moment(seconds: string): number | null {
  const at = /^\d{9,11}(?:\.\d+)?$/.test(seconds) ? Math.round(Number(seconds) * 1000) : 0;
  return at > 0 && at <= Date.now() ? at : null;
}
