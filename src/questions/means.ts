import type { Vault } from '../auth/vault.ts';
import type { Mirrors } from '../git/mirrors.ts';
import type { SshPool } from '../shells/ssh/pool.ts';
import type { Db } from '../store/database.ts';

/** What answers are found with. */
export type Means = {
  db: Db;
  pool: SshPool;
  mirrors: Mirrors;
  vault: Vault;
  /** Aborted when the answer is of no use any more. */
  signal: AbortSignal;
};
