import type { Vault } from '../auth/vault.ts';
import type { SshPool } from '../shells/ssh/pool.ts';

/** What a probe works with. `deadlineMs` is for each of its calls, at most five one after another. */
export type Prober = { pool: SshPool; vault: Vault; deadlineMs: number };
