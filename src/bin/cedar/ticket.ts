import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from './client.ts';
import { CommandFailed } from './exit.ts';
import type { Output } from './output.ts';

/** A ticket, as much of it as `cedar` goes by. */
export type Ticket = {
  id: string;
  state: string;
  reason: string;
  applicant: string;
  createdAt: string;
  plan: string | null;
  approvedBy: string | null;
  expiresAt: string | null;
  parts: Part[];
  events?: { at: string; action: string; by: string | null; reason: string | null }[];
};
type Part = { project: string; kind: string; ref: string | null; state: string; operation: string | null };

const all = '/api/v1/tickets';
const EVERY_MS = 1000;

const one = (id: string) => `${all}/${encodeURIComponent(id)}`;
const words = ({ kind, project, ref }: Part) => [kind, project, ref].filter(Boolean).join(' ');

export type FileOptions = {
  kind?: string;
  ref?: string;
  release?: string;
  restart?: boolean;
  host?: string[];
  rollback?: string;
  reason: string;
  at?: string;
  selfStart?: boolean;
  key?: string;
};

/** Files a ticket for projects in their order; what is said of kind, ref and hosts counts for all of them. */
export async function file(
  client: Client,
  output: Output,
  projects: string[],
  { reason, at, selfStart, key, host: hosts, ...each }: FileOptions,
): Promise<void> {
  const parts = projects.map((project) => ({ project, hosts, ...each }));
  const ticket = await client.post<Ticket>(all, { parts, reason, at, selfStart }, key);
  output.say(`Filed: ${ticket.id}`);
  output.value(ticket);
}

export type ListOptions = { done?: boolean; mine?: boolean; project?: string; search?: string };

/** Those that are open, or with `--done` those that are over; newest first. */
export async function list(client: Client, output: Output, options: ListOptions): Promise<void> {
  const { done, mine, project, search: q } = options;
  const query = { of: done ? 'done' : 'waiting', mine: mine ? 'true' : undefined, project, q };
  const found = await client.all<Ticket>(all, query);
  const rows = found.map((ticket) => ({ ...ticket, parts: ticket.parts.map(words) }));
  output.table(rows, ['id', 'state', 'parts', 'applicant', 'createdAt', 'reason'], found);
}

export async function show(client: Client, output: Output, id: string): Promise<void> {
  const ticket = await client.get<Ticket>(one(id));
  output.say(`${ticket.state}: ${ticket.reason}, by ${ticket.applicant}`);
  if (ticket.approvedBy) output.say(`Approved by ${ticket.approvedBy} until ${ticket.expiresAt}`);
  output.table(ticket.parts, ['project', 'kind', 'ref', 'commit', 'state', 'operation'], ticket);
  for (const { at, action, by, reason } of ticket.events ?? [])
    output.say([at, action, by, reason].filter(Boolean).join('  '));
}

/** Approves what it is now, or where a plan is named, that one alone. */
export async function approve(
  client: Client,
  output: Output,
  id: string,
  { plan: named, days, note }: { plan?: string; days?: number; note?: string },
): Promise<void> {
  const plan = named ?? (await client.get<Ticket>(one(id))).plan;
  if (plan === null)
    throw new CommandFailed(
      'refused',
      `${id} cannot be approved: what it would do is not known yet, or is in the way.`,
    );
  tell(output, await client.post<Ticket>(`${one(id)}/approve`, { plan, days, note }));
}

export async function decide(
  client: Client,
  output: Output,
  id: string,
  deed: 'refuse' | 'withdraw' | 'close',
  body: { reason?: string },
): Promise<void> {
  tell(output, await client.post<Ticket>(`${one(id)}/${deed}`, body));
}

export type RunOptions = { wait: boolean; timeout: number; key?: string };

/** Carries out the next project; its end is the exit code. @throws CommandFailed unless it succeeded */
export async function run(client: Client, output: Output, id: string, options: RunOptions): Promise<void> {
  const deadline = Date.now() + options.timeout * 1000;
  let ticket = await client.post<Ticket>(`${one(id)}/run`, {}, options.key);
  const started = ticket.parts.findIndex(({ state }) => state === 'running');
  const part = ticket.parts[started];
  if (part) output.say(`${words(part)}: ${part.operation ?? 'begun'}`);
  while (options.wait && ticket.parts[started]?.state === 'running') {
    if (Date.now() + EVERY_MS > deadline)
      throw new CommandFailed(
        'unreachable',
        `Not over in time; it goes on. See: cedar ticket show ${id}`,
        ticket,
      );
    await pause(EVERY_MS);
    ticket = await client.get<Ticket>(one(id));
  }
  if (options.wait && part && ticket.parts[started]?.state !== 'done')
    throw new CommandFailed(
      'failed',
      `${words(part)} did not succeed; the ticket is ${ticket.state}.`,
      ticket,
    );
  tell(output, ticket);
}

function tell(output: Output, ticket: Ticket): void {
  output.say(`${ticket.id}: ${ticket.state}`);
  output.value(ticket);
}
