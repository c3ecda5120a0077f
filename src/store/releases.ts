import type { Release } from '../model/release.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';

/** Adds a release; adding the same one again (after a crash) changes nothing. */
export async function add(db: Db, release: Release): Promise<void> {
  await db('releases')
    .insert({
      id: release.id,
      project_id: release.projectId,
      name: release.name,
      commit_id: release.commit,
      subject: release.subject.slice(0, 500),
      author: release.author.slice(0, 200),
      committed_at: release.committedAt,
      config_hash: release.configHash,
      manifest_hash: release.manifestHash,
      files: release.files,
      bytes: release.bytes,
      state: release.state,
      good_at: release.goodAt,
      bad_at: release.badAt,
      pinned: release.pinned,
      operation_id: release.operationId,
      promoted_from: release.promotedFrom ?? null,
      built_at: release.builtAt,
    })
    .onConflict('id')
    .ignore();
}

export async function byId(db: Db, id: string): Promise<Release | null> {
  const row = await db('releases').where({ id }).first();
  return row ? releaseOf(row) : null;
}

/** Kept releases of a project, newest first. */
export async function kept(db: Db, projectId: string): Promise<Release[]> {
  const rows = await db('releases').where({ project_id: projectId, state: 'kept' }).orderBy('id', 'desc');
  return rows.map(releaseOf);
}

/** The kept release that was built from this commit under this configuration, the newest one. */
export async function reusable(
  db: Db,
  projectId: string,
  commit: string,
  configHash: string,
): Promise<Release | null> {
  const row = await db('releases')
    .where({ project_id: projectId, commit_id: commit, config_hash: configHash, state: 'kept' })
    .orderBy('id', 'desc')
    .first();
  return row ? releaseOf(row) : null;
}

/** The release that last ran well on all hosts of a deploy or rollback. */
export async function lastGood(db: Db, projectId: string): Promise<Release | null> {
  const row = await db('releases')
    .where({ project_id: projectId })
    .whereNotNull('good_at')
    .orderBy('good_at', 'desc')
    .first();
  return row ? releaseOf(row) : null;
}

/** As `lastGood`, among those that are kept: what a new machine can get. */
export async function lastGoodKept(db: Db, projectId: string): Promise<Release | null> {
  const row = await db('releases')
    .where({ project_id: projectId, state: 'kept' })
    .whereNotNull('good_at')
    .orderBy('good_at', 'desc')
    .first();
  return row ? releaseOf(row) : null;
}

export async function pin(db: Db, id: string, pinned: boolean): Promise<void> {
  await db('releases').where({ id }).update({ pinned });
}

export async function markGood(trx: Db, id: string): Promise<void> {
  await trx('releases')
    .where({ id })
    .update({ good_at: now(trx), bad_at: null });
}

export async function markBad(trx: Db, id: string): Promise<void> {
  await trx('releases')
    .where({ id })
    .update({ bad_at: now(trx) });
}

export async function markPruned(trx: Db, id: string): Promise<void> {
  await trx('releases').where({ id }).update({ state: 'pruned' });
}

/** Those of the ids that no operation will ever need again: pruned releases, and what an operation left unfinished. */
export async function goneAmong(db: Db, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const known = await db('releases').whereIn('id', ids).select('id', 'state');
  const states = new Map(known.map((row) => [row.id as string, row.state as Release['state']]));
  const over = await db('operations').whereIn('id', ids).whereNotNull('finished_at').select('id');
  const left = new Set(over.map((row) => row.id as string).filter((id) => !states.has(id)));
  return ids.filter((id) => states.get(id) === 'pruned' || left.has(id));
}

export function releaseOf(row: Record<string, unknown>): Release {
  const number = (value: unknown) => (value === null ? null : Number(value));
  return {
    id: row.id as string,
    projectId: row.project_id as string,
    name: row.name as string,
    commit: row.commit_id as string,
    subject: row.subject as string,
    author: row.author as string,
    committedAt: number(row.committed_at),
    configHash: row.config_hash as string,
    manifestHash: row.manifest_hash as string,
    files: Number(row.files),
    bytes: Number(row.bytes),
    state: row.state as Release['state'],
    goodAt: number(row.good_at),
    badAt: number(row.bad_at),
    pinned: Boolean(row.pinned),
    operationId: row.operation_id as string,
    promotedFrom: row.promoted_from as string | null,
    builtAt: Number(row.built_at),
  };
}
