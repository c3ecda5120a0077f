import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from './client.ts';
import { CommandFailed } from './exit.ts';
import type { Output } from './output.ts';
import { ended, follow, type Operation, tellEnd } from './watch.ts';

/** What every command that starts something takes. */
export type StartOptions = {
  wait: boolean;
  quiet?: boolean;
  timeout: number;
  key?: string;
  reason?: string;
  host?: string[];
  pass?: string;
};

/** Starts an operation of a project and, unless `--no-wait`, stays with it until its end. */
export async function start(
  client: Client,
  output: Output,
  project: string,
  wish: { kind: string; ref?: string; release?: string; process?: string },
  options: StartOptions,
): Promise<void> {
  const body = { ...wish, hosts: options.host, reason: options.reason, pass: options.pass };
  const path = `/api/v1/projects/${encodeURIComponent(project)}/operations`;
  const operation = await client.post<Operation>(path, body, options.key);
  await stay(client, output, operation, options);
}

/** As the interface's POST /expansion and POST /reduced; a busy project is waited for unless `--no-wait`. */
export async function scale(
  client: Client,
  output: Output,
  path: '/expansion' | '/reduced',
  body: Record<string, unknown>,
  options: StartOptions,
): Promise<void> {
  const deadline = deadlineOf(options);
  const asked = { ...body, reason: options.reason, pass: options.pass, wait: false };
  const answer = await patiently(deadline, options, (key) =>
    client.post<Record<string, unknown>>(path, asked, key),
  );
  const task = String(answer.taskid ?? (answer.data as { taskid?: string } | undefined)?.taskid);
  await stay(client, output, await client.get<Operation>(`/api/v1/operations/${task}`), options);
}

async function patiently<T>(
  deadline: number,
  { wait, key = randomUUID() }: StartOptions,
  call: (key: string) => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await call(key);
    } catch (error) {
      const busy =
        error instanceof CommandFailed && (error.answer as { code?: string } | null)?.code === 'locked';
      if (!busy || !wait || Date.now() + 1000 > deadline) throw error;
      await pause(1000);
    }
  }
}

async function stay(
  client: Client,
  output: Output,
  operation: Operation,
  options: StartOptions,
): Promise<void> {
  output.say(`${operation.kind} ${operation.project}: ${operation.id}`);
  if (!options.wait) {
    output.value(operation);
    return;
  }
  const deadline = deadlineOf(options);
  if (!options.quiet && !output.json) await follow(client, output, operation.id, deadline);
  tellEnd(output, await ended(client, operation.id, deadline));
}

function deadlineOf({ timeout }: StartOptions): number {
  return Date.now() + timeout * 1000;
}
