import { ulid } from 'ulid';
import { CedarError, InvalidForm } from '../errors.ts';
import { completeSettings, type Project, type ProjectSettings, projectKey } from '../model/project.ts';
import type { Variable } from '../model/variable.ts';
import type { Db } from './database.ts';
import { lockHosts, refuseOverlaps } from './ports.ts';
import { isDuplicate, writing } from './transaction.ts';

/** What may be changed about a project. Its environment and name are its identity on every host and stay. */
export type ProjectDraft = Pick<
  Project,
  'groupId' | 'type' | 'gitUrl' | 'branch' | 'port' | 'settings' | 'template' | 'env' | 'notes'
>;

/** All projects, by environment's order and name. */
export async function all(db: Db): Promise<Project[]> {
  return (await ordered(db)).map(toProject);
}

/** The projects of these groups, of all where undefined, by environment's order and name. */
export async function ofGroups(db: Db, groupIds?: readonly string[]): Promise<Project[]> {
  const query = ordered(db).modify((rows) => groupIds && rows.whereIn('group_id', [...groupIds]));
  return (await query).map(toProject);
}

export async function byId(db: Db, id: string): Promise<Project | null> {
  const row = await db('projects').where({ id }).first();
  return row ? toProject(row) : null;
}

export async function byKey(db: Db, key: string): Promise<Project | null> {
  const row = await db('projects').where({ project_key: key }).first();
  return row ? toProject(row) : null;
}

/** @throws InvalidForm where the environment has a project of that name. */
export async function add(
  db: Db,
  draft: ProjectDraft & Pick<Project, 'environment' | 'name'>,
  id = ulid(),
): Promise<Project> {
  const at = Date.now();
  const identity = {
    environment: draft.environment,
    name: draft.name,
    project_key: projectKey(draft.environment, draft.name),
  };
  try {
    await db('projects').insert({ id, ...identity, ...columns(draft), created_at: at, updated_at: at });
  } catch (error) {
    if (isDuplicate(error)) throw new InvalidForm([{ field: 'name', code: 'taken' }]);
    throw error;
  }
  return found(await byId(db, id), id);
}

/**
 * Changes a project as it was at `revision`.
 * @throws CedarError `project_changed` (409) where it changed since then, `ports_taken` (409) where its new port
 * overlaps another project's on a machine that both share.
 */
export async function update(
  db: Db,
  id: string,
  revision: number,
  draft: Partial<ProjectDraft>,
): Promise<Project> {
  return writing(db, async (trx) => {
    const count = await trx('projects')
      .where({ id, revision })
      .update({ ...columns(draft), revision: revision + 1, updated_at: Date.now() });
    if (count === 0) throw await whyNot(trx, id);
    const project = found(await byId(trx, id), id);
    if (draft.port !== undefined) await checkPorts(trx, project);
    return project;
  });
}

/** @throws CedarError `project_has_placements` (409) while it is placed on a host. */
export async function remove(db: Db, id: string): Promise<void> {
  await writing(db, async (trx) => {
    const placed = await trx('placements').where({ project_id: id }).first('id');
    if (placed) throw new CedarError('project_has_placements', {}, 409);
    await trx('projects').where({ id }).delete();
  });
}

function ordered(db: Db) {
  return db('projects')
    .join('environments', 'environments.name', 'projects.environment')
    .orderBy([{ column: 'environments.position' }, { column: 'environment' }, { column: 'projects.name' }])
    .select('projects.*');
}

async function whyNot(db: Db, id: string): Promise<CedarError> {
  const exists = await byId(db, id);
  return exists ? new CedarError('project_changed', {}, 409) : new CedarError('not_found', { id }, 404);
}

async function checkPorts(db: Db, project: Project): Promise<void> {
  const rows: { host_id: string; processes: number }[] = await db('placements')
    .where({ project_id: project.id })
    .orderBy('host_id')
    .select('host_id', 'processes');
  await lockHosts(
    db,
    rows.map((row) => row.host_id),
  );
  for (const row of rows) await refuseOverlaps(db, project, row.host_id, Number(row.processes));
}

function found(project: Project | null, id: string): Project {
  if (!project) throw new CedarError('not_found', { id }, 404);
  return project;
}

function columns(draft: Partial<ProjectDraft>): Record<string, unknown> {
  const { groupId, type, gitUrl, branch, port, settings, template, env, notes } = draft;
  const all = { group_id: groupId, type, git_url: gitUrl, branch, port, template, notes };
  const texts = { settings: settings && JSON.stringify(settings), env: env && JSON.stringify(env) };
  return Object.fromEntries(Object.entries({ ...all, ...texts }).filter(([, value]) => value !== undefined));
}

type Row = Record<'id' | 'environment' | 'name' | 'project_key' | 'group_id' | 'type' | 'branch', string> &
  Record<'git_url' | 'settings' | 'env', string> &
  Record<'template' | 'notes', string | null> &
  Record<'revision' | 'created_at' | 'updated_at', number | string> & { port: number | null };

function toProject(row: Row): Project {
  return {
    id: row.id,
    environment: row.environment,
    name: row.name,
    key: row.project_key,
    groupId: row.group_id,
    type: row.type,
    gitUrl: row.git_url,
    branch: row.branch,
    port: row.port === null ? null : Number(row.port),
    settings: completeSettings(JSON.parse(row.settings) as Partial<ProjectSettings>),
    template: row.template,
    env: JSON.parse(row.env) as Variable[],
    notes: row.notes,
    revision: Number(row.revision),
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
  };
}
