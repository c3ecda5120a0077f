import { CedarError } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import type { Person } from '../model/person.ts';
import { nextPart, type Ticket } from '../model/ticket.ts';
import type { Db } from '../store/database.ts';
import * as users from '../store/users.ts';
import { launch } from './launch.ts';
import type { Request } from './request.ts';
import { hostsOf, paramsOf } from './ticket-plan.ts';

/** Who presses the button, from where; null: the ticket starts itself, for its applicant. */
export type Runner = Pick<Request, 'ip' | 'requestId' | 'via' | 'tokenId' | 'pass'> & {
  by: Pick<Person, 'id' | 'username' | 'displayName'>;
};

/** Launches what is next of an approved ticket, exactly as it was approved. @throws as `launch` does */
export async function runTicket(db: Db, ticket: Ticket, runner: Runner | null): Promise<Operation> {
  const part = nextPart(ticket);
  if (!part?.decision) throw new CedarError('ticket_used', {}, 409);
  const by = runner?.by ?? (await users.person(db, ticket.applicantId));
  if (!by) throw new CedarError('ticket_applicant_gone', { name: ticket.applicantName }, 409);
  const { kind, projectId, ref, commit, decision } = part;
  const pinned = kind === 'deploy' && commit ? { commit } : {};
  return launch(db, {
    ...{ kind, projectId, hostIds: await hostsOf(db, part), ref: ref || null },
    releaseId: kind === 'rollback' ? part.releaseId : null,
    ...{ reason: ticket.reason, ticketId: ticket.id },
    params: { ...(await paramsOf(db, part)), ...pinned, decided: decision },
    ...(runner ?? { via: 'worker' }),
    by,
  });
}
