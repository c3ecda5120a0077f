import type { Variable } from './variable.ts';

/**
 * A machine that joins a project. Its ids are made beforehand, so that whatever is repeated meets the same rows; in
 * the inventory it is only once its operation has succeeded.
 */
export type Arrival = {
  hostId: string;
  placementId: string;
  /** Normalised by `judgeAddress`. */
  address: string;
  /** As it shall be called; null: it is asked for its hostname. */
  name: string | null;
  /** Which host key the caller vouches for, see `given-host-key.ts`; null: none. */
  givenKey: string | null;
  processes: number;
  /** Values sealed. */
  env: Variable[];
  /** It is placed already, so nothing is taken back from it after a failure. */
  placed: boolean;
  /** Username of whoever asked. */
  by: string;
};
