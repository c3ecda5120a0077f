import type { Knex } from 'knex';
import { openTicketStates, type Ticket, type TicketPart, type TicketState } from '../model/ticket.ts';
import { inForce } from './approvers.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';
import { partOf, type Row, ticketOf } from './ticket-rows.ts';

export type NewTicket = Pick<
  Ticket,
  'id' | 'reason' | 'applicantId' | 'applicantName' | 'wishedAt' | 'selfStart'
> & {
  parts: (Pick<
    TicketPart,
    'projectId' | 'projectKey' | 'groupId' | 'ref' | 'hostIds' | 'rollbackId' | 'questionId'
  > &
    Partial<Pick<TicketPart, 'kind' | 'releaseId' | 'restart' | 'commit'>>)[];
};

/** Adds one that waits. */
export async function add(trx: Db, ticket: NewTicket): Promise<void> {
  await trx('tickets').insert({
    ...{ id: ticket.id, state: 'waiting', reason: ticket.reason, created_at: now(trx) },
    ...{ applicant_id: ticket.applicantId, applicant_name: ticket.applicantName },
    ...{ wished_at: ticket.wishedAt, self_start: ticket.selfStart },
  });
  for (const [position, part] of ticket.parts.entries())
    await trx('ticket_parts').insert({
      ...{ ticket_id: ticket.id, position, state: 'open', ref: part.ref },
      ...{ project_id: part.projectId, project_key: part.projectKey, group_id: part.groupId },
      host_ids: part.hostIds && JSON.stringify(part.hostIds),
      ...{ rollback_id: part.rollbackId, question_id: part.questionId },
      commit_id: part.commit ?? null,
      ...{ kind: part.kind ?? 'deploy', release_id: part.releaseId ?? null, restart: part.restart ?? false },
    });
}

export async function byId(db: Db, id: string): Promise<Ticket | null> {
  const row = await db('tickets').where({ id }).first();
  return row ? ((await withParts(db, [row]))[0] ?? null) : null;
}

/** Whose tickets, in which states, saying what; newest first, paged by id. */
export type TicketFilter = {
  states: readonly TicketState[];
  /** The only ones seen: filed by this person, or of these groups. */
  seen?: { applicantId: string; groupIds: string[] };
  /** The only ones that a token counts for: with one of these groups or projects. */
  reach?: { groups: string[]; projects: string[] } | null;
  projectId?: string;
  applicantId?: string;
  text?: string;
  before?: string;
  limit: number;
};

export async function list(db: Db, filter: TicketFilter): Promise<Ticket[]> {
  const { seen, text } = filter;
  const rows = await db('tickets')
    .whereIn('state', filter.states)
    .modify((query) => {
      if (filter.applicantId) query.where({ applicant_id: filter.applicantId });
      if (filter.projectId) query.whereIn('id', ofProject(db, filter.projectId));
      const { reach } = filter;
      if (reach)
        query.where((either) =>
          either.whereIn('id', ofGroups(db, reach.groups)).orWhereIn('id', ofProject(db, reach.projects)),
        );
      if (filter.before) query.where('id', '<', filter.before);
      if (seen)
        query.where((either) =>
          either.where({ applicant_id: seen.applicantId }).orWhereIn('id', ofGroups(db, seen.groupIds)),
        );
      if (text) query.where((any) => any.whereIn('id', ofProjects(db, text)).orWhere(saying(text)));
    })
    .orderBy('id', 'desc')
    .limit(filter.limit);
  return withParts(db, rows);
}

/** All that are not final, oldest first. */
export async function open(db: Db): Promise<Ticket[]> {
  return withParts(db, await db('tickets').whereIn('state', openTicketStates).orderBy('id').limit(500));
}

/** By the group that a project is in now; by the one it was in, where it is gone. */
function ofGroups(db: Db, groupIds: string[]) {
  const gone = db('projects').whereRaw('projects.id = ticket_parts.project_id').select('projects.id');
  return db('ticket_parts')
    .whereIn('project_id', db('projects').whereIn('group_id', groupIds).select('id'))
    .select('ticket_id')
    .unionAll(db('ticket_parts').whereIn('group_id', groupIds).whereNotExists(gone).select('ticket_id'));
}

function ofProject(db: Db, ids: string | string[] | Knex.QueryBuilder) {
  const wanted = typeof ids === 'string' ? [ids] : ids;
  return db('ticket_parts')
    .whereIn('project_id', wanted as string[])
    .select('ticket_id');
}

function ofProjects(db: Db, text: string) {
  return ofProject(
    db,
    db('projects').whereRaw('lower(project_key) like ? escape ?', like(text)).select('id'),
  );
}

function saying(text: string) {
  return (query: Knex.QueryBuilder) =>
    query
      .whereRaw('lower(reason) like ? escape ?', like(text))
      .orWhereRaw('lower(applicant_name) like ? escape ?', like(text));
}

/** What `LIKE … ESCAPE …` takes to find a text anywhere. */
function like(text: string): [string, string] {
  return [`%${text.toLowerCase().replaceAll(/[!%_]/g, '!$&')}%`, '!'];
}

async function withParts(db: Db, rows: Row[]): Promise<Ticket[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id as string);
  const parts: Row[] = await db('ticket_parts')
    .leftJoin('projects', 'projects.id', 'ticket_parts.project_id')
    .whereIn('ticket_parts.ticket_id', ids)
    .orderBy('ticket_parts.position')
    .select('ticket_parts.*', { group_now: 'projects.group_id' });
  const found = parts.map((row) => ({ ticketId: row.ticket_id, part: partOf(row) }));
  const rule = await inForce(
    db,
    found.map(({ part }) => part),
  );
  return rows.map((row) => {
    const own = found.filter(({ ticketId }) => ticketId === row.id);
    return ticketOf(
      row,
      own.map(({ part }) => ({ ...part, approvers: rule(part) })),
    );
  });
}
