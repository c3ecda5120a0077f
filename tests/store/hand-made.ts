import { ulid } from 'ulid';
import { defaultProjectSettings } from '../../src/model/project.ts';
import { countAsked } from '../../src/store/asked-weeks.ts';
import type { Db } from '../../src/store/database.ts';

export type HandMade = {
  projectId: string;
  groupId: string;
  environment?: string;
  kind?: string;
  state?: string;
  release?: string | null;
  commit?: string | null;
  /** When it was asked for and when it ended (null: not yet), epoch ms. */
  at: number;
  ended?: number | null;
};

/** Writes one operation of a history made by hand; gives its id, which grows with `at`. */
export async function happened(db: Db, one: HandMade): Promise<string> {
  const id = ulid(one.at);
  const environment = one.environment ?? 'online';
  const settings = defaultProjectSettings;
  await db('operations').insert({
    ...{ id, project_id: one.projectId, project_key: `${environment}_${one.projectId.toLowerCase()}` },
    ...{ environment, group_id: one.groupId, kind: one.kind ?? 'deploy', state: one.state ?? 'succeeded' },
    ...{ release_id: one.release ?? null, commit_id: one.commit ?? null, requested_name: 'Ada' },
    snapshot: JSON.stringify({ project: { settings, production: true }, hosts: [], params: {} }),
    ...{ facts: '{}', created_at: one.at, started_at: one.at },
    finished_at: one.ended === undefined ? one.at + 60_000 : one.ended,
  });
  await countAsked(db, id);
  return id;
}

/** A release whose commit was made at a time (null: not known). */
export async function madeFrom(db: Db, id: string, projectId: string, committedAt: number | null) {
  await db('releases').insert({
    ...{ id, project_id: projectId, name: id, commit_id: 'a'.repeat(40), committed_at: committedAt },
    ...{ config_hash: 'c', manifest_hash: 'm', files: 1, bytes: 1, state: 'kept' },
    ...{ operation_id: ulid(), built_at: 1 },
  });
}
