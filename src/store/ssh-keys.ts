import type { Db } from './database.ts';

/** The public half of a key in the worker's key folder; the worker publishes it for people to copy. */
export type SshKey = { name: string; publicKey: string; fingerprint: string; publishedAt: number };

/** Says which public key now stands for `name`. */
export async function publish(db: Db, key: Omit<SshKey, 'publishedAt'>): Promise<void> {
  const columns = { public_key: key.publicKey, fingerprint: key.fingerprint, published_at: Date.now() };
  await db('ssh_keys')
    .insert({ name: key.name, ...columns })
    .onConflict('name')
    .merge();
}

export async function all(db: Db): Promise<SshKey[]> {
  const rows = await db('ssh_keys').orderBy('name');
  return rows.map((row: Record<string, string>) => ({
    name: String(row.name),
    publicKey: String(row.public_key),
    fingerprint: String(row.fingerprint),
    publishedAt: Number(row.published_at),
  }));
}
