import type { Knex } from 'knex';
import { defaultHostSettings } from '../../../src/model/host-settings.ts';
import { defaultProjectSettings } from '../../../src/model/project.ts';
import { dice, type Filling, idOf, YEARS } from './filling.ts';
import type { FilledProject } from './inventory.ts';
import { insert } from './rows.ts';

/** Machines and placements; project n's are `placed[n]`, and `snapshots[n]` is what its operations went by. */
export type FilledFleet = {
  hosts: { id: string; name: string }[];
  placed: { id: string; host: number }[][];
  snapshots: string[];
};

/** Hosts and placements: every host has as many projects as the others. */
export async function fleetOf(
  db: Knex,
  { until, fleet }: Filling,
  projects: FilledProject[],
): Promise<FilledFleet | null> {
  if (!fleet) return null;
  const { hosts: count, perProject } = fleet;
  const at = until - YEARS;
  const hosts = Array.from({ length: count }, (_, n) => ({ id: idOf(at, n), name: `machine-${n}` }));
  const address = (n: number) => `198.18.${n >> 8}.${n & 255}`;
  const key = 'AAAAC3NzaC1lZDI1NTE5AAAAI'.padEnd(68, 'A');
  await insert(db, 'hosts', count, (n) => ({
    ...{ ...hosts[n], address: address(n), settings: '{}', created_at: at },
    ...{ host_key: key, host_key_fingerprint: 'SHA256:x', host_key_pinned_at: at, host_key_pinned_by: 'a' },
  }));
  const stride = Math.max(1, Math.floor(count / perProject));
  const placed = projects.map((_, n) =>
    Array.from({ length: perProject }, (_, k) => ({
      ...{ id: idOf(at, n * perProject + k), host: (n + k * stride) % count },
    })),
  );
  await insert(db, 'placements', projects.length * perProject, (n) => {
    const project = Math.floor(n / perProject);
    const { id, host } = placed[project]![n % perProject]!;
    return {
      ...{ id, project_id: projects[project]!.id, host_id: hosts[host]!.id, processes: 2 },
      ...{ position: n % perProject, env: '[]', created_at: at },
    };
  });
  await seen(db, until, hosts, placed);
  const snapshots = projects.map(({ id, key: projectKey, environment }, n) =>
    JSON.stringify({
      project: {
        ...{ id, key: projectKey, environment, production: environment === 'online', type: 'nodejs' },
        ...{ gitUrl: 'https://git.example.com/a.git', branch: 'main', port: 3000, revision: 1 },
        ...{ settings: defaultProjectSettings, template: '', env: [], files: [] },
      },
      hosts: placed[n]!.slice(0, 2).map(({ id: placementId, host }) => ({
        ...{ hostId: hosts[host]!.id, placementId, name: hosts[host]!.name, address: address(host) },
        ...{ hostKey: key, settings: defaultHostSettings, processes: 2, env: [], adoption: null },
      })),
      params: {},
    }),
  );
  return { hosts, placed, snapshots };
}

/** How all was seen just before `until`: one in a hundred is not well. */
async function seen(db: Knex, until: number, hosts: FilledFleet['hosts'], placed: FilledFleet['placed']) {
  const roll = dice(3);
  const common = { checked_at: until, since: until - 86_400_000, bad_looks: 0, seen_since: until - YEARS };
  await insert(db, 'host_states', hosts.length, (n) => ({
    ...{ host_id: hosts[n]!.id, ...common, message: null, next_at: until + YEARS },
    ...{ reachable: n % 100 === 7 ? 'no' : 'yes', supervisor: n % 100 === 7 ? 'unreachable' : 'running' },
  }));
  const all = placed.flat();
  const states = all.map(({ host }) =>
    host % 100 === 7 ? 'unreachable' : roll() < 0.01 ? 'failed' : roll() < 0.01 ? 'stopped' : 'running',
  );
  await insert(db, 'placement_states', all.length, (n) => {
    const bad = states[n] === 'failed' || states[n] === 'unreachable';
    const badly = bad ? { bad_looks: 9, bad_since: until - 3_600_000 } : { bad_since: null };
    return {
      placement_id: all[n]!.id,
      state: states[n],
      ...common,
      ...badly,
      release_id: null,
      message: null,
    };
  });
  await insert(db, 'process_states', all.length * 2, (n) => ({
    ...{ placement_id: all[n >> 1]!.id, process_name: `service:service_0${n & 1}`, pid: 1000 + n },
    ...{ state: states[n >> 1], since: common.since, message: null, checked_at: until },
  }));
}
