import { CedarError } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import type { Person } from '../model/person.ts';
import { nextPart, type Ticket } from '../model/ticket.ts';
import type { Db } from '../store/database.ts';
import * as users from '../store/users.ts';
import { launch } from './launch.ts';
import { hostsOf } from './ticket-plan.ts';

/** Who presses the button, from where; null: the ticket starts itself, for its applicant. */
export type Runner = { by: Person; ip: string | null; requestId: string };

/** Launches the next deploy of an approved ticket, exactly as it was approved. @throws as `launch` does */
export async function runTicket(db: Db, ticket: Ticket, runner: Runner | null): Promise<Operation> {
  const part = nextPart(ticket);
  if (!part?.commit || !part.decision) throw new CedarError('ticket_used', {}, 409);
  const by = runner?.by ?? (await users.person(db, ticket.applicantId));
  if (!by) throw new CedarError('ticket_applicant_gone', { name: ticket.applicantName }, 409);
  return launch(db, {
    ...{ kind: 'deploy', projectId: part.projectId, hostIds: await hostsOf(db, part), ref: part.ref },
    ...{ reason: ticket.reason, by, ticketId: ticket.id },
    params: { commit: part.commit, decided: part.decision },
    ...(runner ? { ip: runner.ip, requestId: runner.requestId } : { via: 'worker' }),
  });
}
