import type { Knex } from 'knex';
import { base32, idOf } from './filling.ts';
import type { FilledFleet } from './fleet.ts';
import type { FilledOperation } from './history.ts';
import { insertAll } from './rows.ts';

/** Operations that are kept whole: what they did on each host, and their steps. */
const WHOLE = 20_000;
const names = [
  'fetch',
  'resolve',
  'build',
  'keep',
  'preflight',
  'ship',
  'switch',
  'restart',
  'health',
  'prune',
];
const phases = ['prepare', 'prepare', 'prepare', 'prepare', 'preflight', 'stage', 'activate', 'activate'];

/** What operations did: their hosts, their logs of five lines each, and the steps of the newest. */
export async function runs(db: Knex, operations: FilledOperation[], fleet: FilledFleet): Promise<void> {
  await insertAll(db, 'operation_hosts', hostsOf(operations, fleet));
  const whole = operations.slice(-WHOLE);
  await insertAll(db, 'steps', stepsOf(whole));
  await insertAll(db, 'log_chunks', logsOf(operations));
}

const stepId = (n: number, k: number) => `S${base32(n, 15)}${base32(k, 10)}`;

function* hostsOf(operations: FilledOperation[], { hosts, placed }: FilledFleet) {
  for (const [n, { id, project, state, release }] of operations.entries()) {
    const all = placed[project]!;
    const mine = n >= operations.length - WHOLE ? all : [all[n % all.length]!];
    for (const [position, { host }] of mine.entries())
      yield {
        ...{ operation_id: id, host_id: hosts[host]!.id, host_name: hosts[host]!.name, position },
        ...{ state: state === 'succeeded' ? 'done' : 'failed', release_before: null, facts: '{}' },
        release_after: release ? id : null,
      };
  }
}

function* stepsOf(operations: FilledOperation[]) {
  for (const [n, { id, at }] of operations.entries())
    for (const [k, name] of names.entries())
      yield {
        ...{ id: stepId(n, k), operation_id: id, step_key: name, position: k, name, state: 'done' },
        ...{ phase: phases[k] ?? 'finish', fence: 1, worker: idOf(0, 1), log_bytes: 300, log_lines: 5 },
        ...{ started_at: at + k * 1000, ended_at: at + k * 1000 + 900, evidence: '{}' },
      };
}

function* logsOf(operations: FilledOperation[]) {
  const first = operations.length - WHOLE;
  for (const [n, { id, at }] of operations.entries()) {
    const text = [1, 2, 3, 4, 5].map((line) => `${n}: line ${line} of what the build has printed\n`).join('');
    const step_id = n >= first ? stepId(n - first, 2) : `T${base32(n, 25)}`;
    yield { operation_id: id, seq: 1, step_id, at, text, bytes: text.length };
  }
}
