import type { Config } from '../config.ts';

/** What the web may know of the settings: all but the secrets. */
export type WebSettings = Omit<
  Config,
  'databaseUrl' | 'sessionSecret' | 'masterKey' | 'masterKeyPrevious' | 'ldapBindPassword' | 'metricsToken'
>;
