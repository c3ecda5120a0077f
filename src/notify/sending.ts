import type { Vault } from '../auth/vault.ts';
import type { Db } from '../store/database.ts';
import type { Means } from './channel.ts';

/** Milliseconds. `windowMs` is a minute, but for tests. */
export type SenderTimes = {
  leaseMs: number;
  windowMs: number;
  /** Pause after the first failure; it doubles up to `longestMs`. */
  retryMs: number;
  longestMs: number;
  /** A notice that was not sent for so long is given up. */
  giveUpMs: number;
  /** A receiver of changes that failed for so long is switched off. */
  offMs: number;
};

/** What sending takes; made once per worker. */
export type Dispatch = { db: Db; vault: Vault; worker: string; means: Means; times: SenderTimes };
