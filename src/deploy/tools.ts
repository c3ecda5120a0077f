import type { Vault } from '../auth/vault.ts';
import type { Isolation } from '../builds/isolation/confinement.ts';
import type { ReleasesFolder } from '../builds/releases-folder.ts';
import type { Config } from '../config.ts';
import type { Mirrors } from '../git/mirrors.ts';
import type { Guard } from '../shells/guard/guard.ts';
import type { Bridge } from '../shells/ssh/bridge.ts';
import type { SshPool } from '../shells/ssh/pool.ts';

/** What steps work with; made once per worker. */
export type Tools = {
  config: Config;
  pool: SshPool;
  bridge: Bridge;
  guard: Guard;
  mirrors: Mirrors;
  releases: ReleasesFolder;
  isolation: Isolation;
  vault: Vault;
  /** Called at every point between two journal writes; the fault tests end the worker there. */
  point: (name: string) => void;
};
