import { ulid } from 'ulid';
import type { ConfigurationFile, FilePlacing, FileSource } from '../model/configuration-file.ts';
import type { Db } from './database.ts';
import * as locks from './locks.ts';

/** A configuration file as its page shows it. */
export type ProjectFile = ConfigurationFile & { changedAt: number; changedBy: string };

export type FileDraft = Omit<ConfigurationFile, 'textId'> & { changedBy: string };

/** A project's configuration files, by path. */
export async function ofProject(db: Db, projectId: string): Promise<ProjectFile[]> {
  const rows = await db('project_files').where({ project_id: projectId }).orderBy('path');
  return rows.map(toFile);
}

/** The same as a snapshot has them. */
export async function forSnapshot(db: Db, projectId: string): Promise<ConfigurationFile[]> {
  return (await ofProject(db, projectId)).map(({ changedAt, changedBy, ...file }) => file);
}

/** Sets the file at its path. @param sealed its text or URL; null keeps the one that is there under `textId` */
export async function put(
  trx: Db,
  projectId: string,
  draft: FileDraft,
  content: { sealed: string } | { textId: string },
): Promise<void> {
  const at = Date.now();
  const textId = 'textId' in content ? content.textId : ulid();
  if ('sealed' in content) {
    const { sealed } = content;
    await trx('file_texts').insert({ id: textId, project_id: projectId, sealed, created_at: at });
  }
  await trx('project_files').where({ project_id: projectId, path: draft.path }).delete();
  const { changedBy, ...columns } = draft;
  await trx('project_files').insert({
    ...columns,
    project_id: projectId,
    text_id: textId,
    changed_at: at,
    changed_by: changedBy,
  });
  await forgetTexts(trx, projectId);
}

export async function remove(trx: Db, projectId: string, path: string): Promise<void> {
  await trx('project_files').where({ project_id: projectId, path }).delete();
  await forgetTexts(trx, projectId);
}

/** Sealed texts, by id. */
export async function texts(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db('file_texts')
    .whereIn('id', [...ids])
    .select('id', 'sealed');
  return new Map(rows.map((row) => [row.id, row.sealed]));
}

/** Gives another project the same files; those that are secret stay behind. */
export async function copy(trx: Db, from: string, to: string, changedBy: string): Promise<void> {
  const files = (await forSnapshot(trx, from)).filter((file) => !file.secret);
  const sealed = await texts(
    trx,
    files.map((file) => file.textId),
  );
  for (const { textId, ...file } of files)
    await put(trx, to, { ...file, changedBy }, { sealed: sealed.get(textId)! });
}

/** Texts that no file has any more go, unless an operation that is under way may have begun with them. */
async function forgetTexts(trx: Db, projectId: string): Promise<void> {
  if ((await locks.ofProject(trx, projectId))?.operationId) return;
  const used = trx('project_files').where({ project_id: projectId }).select('text_id');
  await trx('file_texts').where({ project_id: projectId }).whereNotIn('id', used).delete();
}

type Row = Record<'path' | 'placed' | 'source' | 'text_id' | 'changed_by', string> &
  Record<'secret' | 'fill', number | boolean> & { changed_at: number | string };

function toFile(row: Row): ProjectFile {
  return {
    path: row.path,
    placed: row.placed as FilePlacing,
    source: row.source as FileSource,
    secret: Boolean(row.secret),
    fill: Boolean(row.fill),
    textId: row.text_id,
    changedAt: Number(row.changed_at),
    changedBy: row.changed_by,
  };
}
