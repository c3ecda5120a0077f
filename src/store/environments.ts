import { CedarError, InvalidForm } from '../errors.ts';
import type { Environment } from '../model/environment.ts';
import type { HostSettings } from '../model/host-settings.ts';
import type { Variable } from '../model/variable.ts';
import type { Db } from './database.ts';
import { isDuplicate } from './transaction.ts';

/** What a person decides about an environment. */
export type EnvironmentDraft = { production: boolean; position: number; settings: Partial<HostSettings> };

/** All environments, in the order in which people see them. */
export async function all(db: Db): Promise<Environment[]> {
  const rows = await db('environments').orderBy([{ column: 'position' }, { column: 'name' }]);
  return rows.map(toEnvironment);
}

export async function byName(db: Db, name: string): Promise<Environment | null> {
  const row = await db('environments').where({ name }).first();
  return row ? toEnvironment(row) : null;
}

/** True where the environment exists and is a production one. */
export async function isProduction(db: Db, name: string): Promise<boolean> {
  return (await byName(db, name))?.production ?? false;
}

/** @throws InvalidForm where the name is taken. */
export async function add(db: Db, draft: EnvironmentDraft & { name: string }): Promise<Environment> {
  try {
    await db('environments').insert({ name: draft.name, ...columns(draft), created_at: Date.now() });
  } catch (error) {
    if (isDuplicate(error)) throw new InvalidForm([{ field: 'name', code: 'taken' }]);
    throw error;
  }
  return found(await byName(db, draft.name), draft.name);
}

export async function update(db: Db, name: string, draft: EnvironmentDraft): Promise<Environment> {
  await db('environments').where({ name }).update(columns(draft));
  return found(await byName(db, name), name);
}

/** Changes its variables; `decide` is given those that are there now. */
export async function setVariables(
  trx: Db,
  name: string,
  decide: (env: Variable[]) => Variable[],
): Promise<Environment> {
  const env = decide(found(await byName(trx, name), name).env);
  await trx('environments')
    .where({ name })
    .update({ env: JSON.stringify(env) });
  return found(await byName(trx, name), name);
}

/** @throws CedarError `environment_in_use` while projects belong to it. */
export async function remove(db: Db, name: string): Promise<void> {
  const used = await db('projects').where({ environment: name }).first('id');
  if (used) throw new CedarError('environment_in_use', { name }, 409);
  await db('environments').where({ name }).delete();
}

function found(environment: Environment | null, name: string): Environment {
  if (!environment) throw new CedarError('not_found', { name }, 404);
  return environment;
}

function columns(draft: EnvironmentDraft) {
  return {
    production: draft.production,
    position: draft.position,
    settings: JSON.stringify(draft.settings),
  };
}

type Row = {
  name: string;
  production: number | boolean;
  position: number;
  settings: string | null;
  env: string | null;
  created_at: number | string;
};

function toEnvironment(row: Row): Environment {
  return {
    name: row.name,
    production: Boolean(row.production),
    position: Number(row.position),
    settings: JSON.parse(row.settings ?? '{}') as Partial<HostSettings>,
    env: JSON.parse(row.env ?? '[]') as Variable[],
    createdAt: Number(row.created_at),
  };
}
