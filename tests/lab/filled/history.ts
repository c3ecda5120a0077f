import type { Knex } from 'knex';
import { base32, dice, type Filling, idOf, YEARS } from './filling.ts';
import type { FilledFleet } from './fleet.ts';
import type { FilledProject } from './inventory.ts';
import { type Also, insert } from './rows.ts';

/** An operation, for what belongs to it: its project's number and what became of it. */
export type FilledOperation = { id: string; at: number; project: number; state: string; release: boolean };

const kinds = [
  ...Array.from({ length: 14 }, () => 'deploy'),
  ...['restart', 'restart', 'restart', 'rollback', 'fast-rollback', 'promote'],
];
const states = [...Array.from({ length: 46 }, () => 'succeeded'), 'failed', 'failed', 'failed', 'cancelled'];

/** Operations and their releases. @param each hears of every operation, in the order of time */
export async function history(
  db: Knex,
  { operations: count, until }: Filling,
  projects: FilledProject[],
  fleet: FilledFleet | null,
  each: (operation: FilledOperation) => void,
): Promise<void> {
  const roll = dice(1);
  const one = <T>(list: readonly T[]) => list[Math.floor(roll() * list.length)]!;
  const commits = projects.map(() => 0);
  const bare = JSON.stringify({ project: { settings: {}, production: true }, hosts: [], params: {} });
  const releases: Record<string, unknown>[] = [];
  const begun = until - YEARS;
  if (fleet) await keep(db, projects, fleet);
  await insert(
    db,
    'operations',
    count,
    (n) => {
      const at = begun + Math.floor((n / count) * (YEARS - 600_000));
      const chosen = Math.floor(roll() ** 1.5 * projects.length);
      const { id: project_id, key: project_key, environment, groupId: group_id } = projects[chosen]!;
      const [kind, state, id] = [one(kinds), one(states), idOf(at, n)];
      const moves = kind !== 'restart';
      if (kind === 'deploy' && roll() < 0.8) commits[chosen]!++;
      const commit_id = moves ? base32(chosen * 10_000 + commits[chosen]!, 16).padEnd(40, '0') : null;
      const release_id = moves && state === 'succeeded' ? id : null;
      const committed_at = at - Math.floor(roll() * 5 * 86_400_000);
      if (release_id) releases.push({ id, project_id, name: id, commit_id, committed_at, operation_id: id });
      const requested_name = `Person ${Math.floor(roll() ** 2 * 200)}`;
      each({ id, at, project: chosen, state, release: release_id !== null });
      return {
        ...{ id, project_id, project_key, environment, group_id, kind, state, ref: 'main' },
        ...{ commit_id, release_id, ...(fleet ? {} : { snapshot: bare }), facts: '{}' },
        ...{ requested_by: null, requested_name, created_at: at, started_at: at },
        finished_at: at + 20_000 + Math.floor(roll() * 300_000),
      };
    },
    fleet ? snapshot : {},
  );
  const rest = { config_hash: 'c', manifest_hash: 'm', files: 1, bytes: 1, state: 'kept', built_at: begun };
  await insert(db, 'releases', releases.length, (n) => ({ ...releases[n], ...rest }));
}

/** What operations go by is long: it is put beside them once per project. */
const snapshot: Also = {
  snapshot: (of) => `(SELECT text FROM temp.snapshots WHERE project_id = ${of('project_id')})`,
};

async function keep(db: Knex, projects: FilledProject[], { snapshots }: FilledFleet): Promise<void> {
  await db.raw('CREATE TEMP TABLE snapshots (project_id TEXT PRIMARY KEY, text TEXT)');
  await insert(db, 'temp.snapshots', projects.length, (n) => ({
    ...{ project_id: projects[n]!.id, text: snapshots[n]! },
  }));
}
