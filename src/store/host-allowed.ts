import { CedarError } from '../errors.ts';
import type { Host } from '../model/host.ts';
import { type Newcomer, type Unwelcome, unwelcome } from '../model/host-allowed.ts';
import type { Project } from '../model/project.ts';
import type { Db } from './database.ts';
import * as environments from './environments.ts';
import * as users from './users.ts';

type Placing = Pick<Project, 'id' | 'environment' | 'groupId'>;

/** Judges machines for one project and whoever wants it there. */
export async function hostJudge(
  db: Db,
  project: Placing,
  personId: string | null,
): Promise<(host: Host) => Unwelcome | null> {
  const byAdmin = personId !== null && (await users.person(db, personId))?.role === 'admin';
  const { environment, groupId } = project;
  const production = (await environments.byName(db, environment))?.production ?? true;
  const there = byAdmin ? new Map<string, Newcomer>() : await servedBy(db, project);
  return ({ id, allowed }) =>
    unwelcome(allowed, { environment, groupId, production }, [there.get(id) ?? []].flat(), byAdmin);
}

/** What machines serve besides a project, as one for each: whether another group, and whether production. */
async function servedBy(db: Db, { id, environment, groupId }: Placing): Promise<Map<string, Newcomer>> {
  const rows: { host_id: string; others: number; production: number }[] = await db('projects as j')
    .join('environments as e', 'e.name', 'j.environment')
    // In this order: by the index of a project's placements.
    .crossJoin(db.raw('placements as p'))
    .whereRaw('p.project_id = j.id')
    .whereNot('j.id', id)
    .groupBy('p.host_id')
    .select('p.host_id', db.raw('max(j.group_id <> ?) as others', [groupId]))
    .max({ production: 'e.production' });
  return new Map(
    rows.map(({ host_id, others, production }): [string, Newcomer] => [
      host_id,
      { environment, groupId: Number(others) ? '' : groupId, production: Boolean(Number(production)) },
    ]),
  );
}

/** @throws CedarError (403) where the machine is not for the project; its code says why */
export async function refuseUnwelcome(
  db: Db,
  project: Placing & { key: string },
  host: Host,
  personId: string | null,
): Promise<void> {
  const why = (await hostJudge(db, project, personId))(host);
  if (why) throw new CedarError(why, { host: host.name, project: project.key }, 403);
}
