import type { Vault } from '../auth/vault.ts';
import type { Db } from '../store/database.ts';
import type { Findings } from './finding.ts';
import type { Original } from './rows.ts';
import type { OriginalSettings } from './settings.ts';

/** Everything at hand while the original is taken over: all in one transaction. */
export type Taking = {
  trx: Db;
  vault: Vault;
  original: Original;
  settings: OriginalSettings;
  findings: Findings;
};
