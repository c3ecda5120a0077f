import { CedarError } from '../errors.ts';
import type { Host } from '../model/host.ts';
import { type Newcomer, type Unwelcome, unwelcome } from '../model/host-allowed.ts';
import type { Project } from '../model/project.ts';
import type { Db } from './database.ts';
import * as environments from './environments.ts';
import * as placements from './placements.ts';
import * as projects from './projects.ts';
import * as users from './users.ts';

type Placing = Pick<Project, 'id' | 'environment' | 'groupId'>;

/** Judges machines for one project and whoever wants it there. */
export async function hostJudge(
  db: Db,
  project: Placing,
  personId: string | null,
): Promise<(host: Host) => Unwelcome | null> {
  const byAdmin = personId !== null && (await users.person(db, personId))?.role === 'admin';
  const production = new Map((await environments.all(db)).map((one) => [one.name, one.production]));
  const seen = ({ environment, groupId }: Placing): Newcomer => ({
    ...{ environment, groupId, production: production.get(environment) ?? true },
  });
  const others = new Map((await projects.all(db)).map((one) => [one.id, seen(one)]));
  const placed = (await placements.all(db)).filter(({ projectId }) => projectId !== project.id);
  return (host) => {
    const there = placed.flatMap(({ hostId, projectId }) =>
      hostId === host.id ? (others.get(projectId) ?? []) : [],
    );
    return unwelcome(host.allowed, seen(project), there, byAdmin);
  };
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
