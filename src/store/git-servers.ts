import type { Db } from './database.ts';

/** A git server whose ssh key somebody accepted. `server` is `host:port`, `hostKey` the wire form in base64. */
export type GitServer = {
  server: string;
  hostKey: string;
  fingerprint: string;
  pinnedAt: number;
  pinnedBy: string;
};

export async function all(db: Db): Promise<GitServer[]> {
  return (await db('git_servers').orderBy('server')).map(toServer);
}

export async function byServer(db: Db, server: string): Promise<GitServer | null> {
  const row = await db('git_servers').where({ server }).first();
  return row ? toServer(row) : null;
}

/** Pins the server's key, in place of an earlier one. `by` is a username. */
export async function pin(
  db: Db,
  pinned: { server: string; key: string; fingerprint: string; by: string },
): Promise<GitServer> {
  const columns = { host_key: pinned.key, fingerprint: pinned.fingerprint };
  const row = { server: pinned.server, ...columns, pinned_at: Date.now(), pinned_by: pinned.by };
  await db('git_servers').insert(row).onConflict('server').merge();
  return toServer(row);
}

/** Forgets the server: nothing is fetched from it until it is pinned anew. */
export async function remove(db: Db, server: string): Promise<void> {
  await db('git_servers').where({ server }).delete();
}

type Row = Record<'server' | 'host_key' | 'fingerprint' | 'pinned_by', string> & {
  pinned_at: number | string;
};

function toServer(row: Row): GitServer {
  return {
    server: row.server,
    hostKey: row.host_key,
    fingerprint: row.fingerprint,
    pinnedAt: Number(row.pinned_at),
    pinnedBy: row.pinned_by,
  };
}
