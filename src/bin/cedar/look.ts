import type { Client } from './client.ts';
import { CommandFailed, exitOf } from './exit.ts';
import type { Output } from './output.ts';
import { ended, follow, type Operation } from './watch.ts';

type Placement = {
  host: string;
  address: string;
  state: string;
  processes: number;
  release: { name: string } | null;
};
const ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** What runs now; of one project its hosts and its last operation; or one operation, whose end is the exit code. */
export async function status(client: Client, output: Output, what: string | undefined): Promise<void> {
  if (what === undefined) return live(client, output);
  if (ID.test(what)) return one(output, await client.get<Operation>(`/api/v1/operations/${what}`));
  const placements = await placementsOf(client, what);
  const last = await newest(client, what);
  output.table(rowsOf(placements), columns, { project: what, placements, operation: last });
  if (last)
    output.say(`\nLast: ${last.kind} ${last.state} by ${last.requestedBy}, ${last.createdAt}, ${last.id}`);
}

async function live(client: Client, output: Output): Promise<void> {
  const states = ['queued', 'running', 'paused'];
  const found = await Promise.all(
    states.map((state) => client.all<Operation>('/api/v1/operations', { state })),
  );
  output.table(found.flat(), ['id', 'project', 'kind', 'state', 'requestedBy', 'createdAt']);
}

function one(output: Output, operation: Operation): void {
  output.say(`${operation.kind} ${operation.project}: ${operation.state}, by ${operation.requestedBy}`);
  output.table(operation.hosts, ['name', 'state'], operation);
  if (operation.live || operation.state === 'succeeded') return;
  throw new CommandFailed(exitOf(operation.state), operation.failure?.message ?? operation.state, null);
}

/** The log of an operation, or of a project's newest one; with `follow` until its end, which is the exit code. */
export async function logs(
  client: Client,
  output: Output,
  what: string,
  options: { follow?: boolean; timeout: number },
): Promise<void> {
  const id = ID.test(what) ? what : (await newest(client, what))?.id;
  if (!id) throw new CommandFailed('refused', `${what} has had no operation yet.`);
  if (!options.follow) return print(output, await client.text(`/api/v1/operations/${id}/log.txt`), id);
  const deadline = Date.now() + options.timeout * 1000;
  await follow(client, output, id, deadline);
  const operation = await ended(client, id, deadline);
  output.value(operation);
  const exit = exitOf(operation.state);
  if (exit !== 'ok') throw new CommandFailed(exit, operation.failure?.message ?? operation.state, null);
}

function print(output: Output, text: string, operation: string): void {
  output.log(text);
  output.value({ operation, log: text });
}

/** The hosts that the token may see, or those of one project. */
export async function hosts(client: Client, output: Output, project: string | undefined): Promise<void> {
  if (project !== undefined) {
    const placements = await placementsOf(client, project);
    return output.table(rowsOf(placements), columns, placements);
  }
  output.table(await client.all('/api/v1/hosts'), ['name', 'address', 'reachable', 'projects']);
}

/** A project's kept releases. */
export async function releases(client: Client, output: Output, project: string): Promise<void> {
  const path = `/api/v1/projects/${encodeURIComponent(project)}/releases`;
  output.table(await client.all(path), ['name', 'commit', 'goodAt', 'subject', 'id']);
}

const columns = ['host', 'address', 'state', 'processes', 'release'];

function rowsOf(placements: Placement[]) {
  return placements.map((placement) => ({ ...placement, release: placement.release?.name }));
}

async function placementsOf(client: Client, project: string): Promise<Placement[]> {
  const path = `/api/v1/projects/${encodeURIComponent(project)}/placements`;
  return (await client.get<{ items: Placement[] }>(path)).items;
}

async function newest(client: Client, project: string): Promise<Operation | null> {
  const page = await client.get<{ items: Operation[] }>('/api/v1/operations', { project, limit: 1 });
  return page.items[0] ?? null;
}
