import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from './client.ts';
import { CommandFailed, exitOf } from './exit.ts';
import type { Output } from './output.ts';

/** An operation, as much of it as `cedar` goes by. */
export type Operation = {
  id: string;
  project: string;
  kind: string;
  state: string;
  live: boolean;
  requestedBy: string;
  createdAt: string;
  hosts: { name: string; state: string }[];
  failure: { message: string; step: string; host: string; tail: string } | null;
};

type Stretch = { items: { host: string; step: string; text: string }[]; next: number; live: boolean };
/** Seconds for one call to wait; shorter than any proxy's patience. */
const WAIT = 20;
/** A log that grows fast is asked for this seldom, so that several followers stay within a token's pace. */
const CALM_MS = 300;

/** Shows the log as it grows until the operation is over. @throws CommandFailed where `deadline` comes first */
export async function follow(client: Client, output: Output, id: string, deadline: number): Promise<void> {
  let place = '';
  for (let after = 0; ; ) {
    const query = { after, wait: secondsLeft(id, deadline) };
    const { items, next, live } = await client.get<Stretch>(`/api/v1/operations/${id}/log`, query);
    for (const { host, step, text } of items) {
      const here = [step, host].filter(Boolean).join(' · ');
      if (here !== place) output.log(`\n=== ${here}\n`);
      place = here;
      output.log(text);
    }
    after = next;
    if (!live) return;
    await pause(CALM_MS);
  }
}

/** Waits for the end. @throws CommandFailed where `deadline` comes first */
export async function ended(client: Client, id: string, deadline: number): Promise<Operation> {
  for (;;) {
    const query = { wait: secondsLeft(id, deadline) };
    const operation = await client.get<Operation>(`/api/v1/operations/${id}`, query);
    if (!operation.live) return operation;
  }
}

function secondsLeft(id: string, deadline: number): number {
  const left = Math.ceil((deadline - Date.now()) / 1000);
  if (left <= 0)
    throw new CommandFailed('unreachable', `Not over in time; it goes on. See: cedar status ${id}`, {
      operation: id,
    });
  return Math.min(WAIT, left);
}

/** Tells how an operation ended. @throws CommandFailed unless it succeeded */
export function tellEnd(output: Output, operation: Operation): void {
  const done = operation.hosts.filter(({ state }) => state === 'done').length;
  const exit = exitOf(operation.state);
  output.say(
    `\n${operation.kind} ${operation.project}: ${operation.state}, ${done} of ${operation.hosts.length} hosts done`,
  );
  if (exit === 'ok') {
    output.value(operation);
    return;
  }
  const { failure } = operation;
  const place = [failure?.step, failure?.host].filter(Boolean).join(' · ');
  const told = [failure?.message ?? operation.state, place && `at ${place}`].filter(Boolean).join('\n');
  throw new CommandFailed(exit, told, operation);
}
