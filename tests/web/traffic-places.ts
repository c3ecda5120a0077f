import { ulid } from 'ulid';
import { launch } from '../../src/deploy/launch.ts';
import { defaultProjectSettings, type Project } from '../../src/model/project.ts';
import * as environments from '../../src/store/environments.ts';
import * as hosts from '../../src/store/hosts.ts';
import { finish } from '../../src/store/journal.ts';
import { claim, ofProject } from '../../src/store/locks.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import * as traffic from '../../src/store/traffic.ts';
import type { Town } from './people.ts';

export type Placed = { project: Project; hostId: string };

/** A project with one process on a machine whose key is accepted. */
export async function placedIn(
  t: Town,
  name: string,
  environment = 'test',
  groupId = t.groupId,
): Promise<Placed> {
  const known = await environments.byName(t.db, environment);
  const production = environment === 'online';
  if (!known) await environments.add(t.db, { name: environment, production, position: 1, settings: {} });
  const project = await projects.add(t.db, {
    ...{
      environment,
      name,
      groupId,
      type: 'nodejs',
      gitUrl: 'https://git.example.com/a.git',
      branch: 'main',
    },
    ...{ port: 4000, settings: defaultProjectSettings, template: null, env: [], notes: null },
  });
  const machine = { name: `m-${name}`, address: `10.9.8.${(await hosts.all(t.db)).length + 1}` };
  const { id: hostId } = await hosts.add(t.db, { ...machine, settings: {}, notes: null });
  await hosts.pin(t.db, hostId, { key: 'AAAA', fingerprint: 'SHA256:test', by: 'tester' });
  await placements.add(t.db, { projectId: project.id, hostId, processes: 1, env: [] });
  return { project, hostId };
}

/** An operation after which the ledger says this of the process; it is over unless `live`. Gives its id. */
export async function leaves(
  t: Town,
  { project, hostId }: Placed,
  kind: 'restart' | 'stop',
  state: Parameters<typeof traffic.set>[3],
  end: 'succeeded' | 'failed' | 'live' = 'failed',
): Promise<string> {
  const by = { id: ulid(), username: 'tester', displayName: 'Tester' };
  const { id } = await launch(t.db, { kind, projectId: project.id, hostIds: [hostId], by });
  const lease = (await claim(t.db, (await ofProject(t.db, project.id))!, 'w'.repeat(26), 60))!;
  await traffic.set(t.db, lease, { hostId, process: 0 }, state);
  if (end !== 'live') await finish(t.db, lease, end, null);
  return id;
}
