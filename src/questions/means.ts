import type { Vault } from '../auth/vault.ts';
import type { ReleasesFolder } from '../builds/releases-folder.ts';
import type { Mirrors } from '../git/mirrors.ts';
import type { SshPool } from '../shells/ssh/pool.ts';
import type { Db } from '../store/database.ts';

/** What answers are found with. */
export type Means = {
  db: Db;
  pool: SshPool;
  mirrors: Mirrors;
  vault: Vault;
  /** Trees and manifests of the releases that this machine keeps. */
  releases: ReleasesFolder;
  /** Aborted when the answer is of no use any more. */
  signal: AbortSignal;
};
