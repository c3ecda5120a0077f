import type { Vault } from '../auth/vault.ts';
import type { Config } from '../config.ts';
import { translator } from '../i18n/index.ts';
import { languageOf } from '../i18n/language.ts';
import type { Db } from '../store/database.ts';
import { databaseAddresses } from '../store/own-address.ts';
import type { Dispatch } from './sending.ts';

const HOUR = 3_600_000;

/** What sending takes, by the settings. Where no language is set, robots speak Chinese, as their readers do. */
export function dispatchOf(config: Config, db: Db, vault: Vault, worker: string): Dispatch {
  const leaseMs = config.leaseSeconds * 1000;
  return {
    ...{ db, vault, worker },
    means: {
      t: translator(languageOf(config.language) ?? 'zh-CN'),
      baseUrl: config.baseUrl,
      robotHosts: hostsOf(config.robotHosts),
      mailHosts: hostsOf(config.mailHosts),
      allowLoopback: config.allowLoopbackHosts,
      own: databaseAddresses(db),
      deadlineMs: Math.min(10_000, leaseMs / 2),
    },
    times: {
      leaseMs,
      windowMs: 60_000,
      retryMs: config.noticeRetrySeconds * 1000,
      longestMs: 600_000,
      giveUpMs: config.noticeHours * HOUR,
      offMs: config.webhookOffHours * HOUR,
    },
  };
}

/** The hosts of the setting, in small letters. */
export function hostsOf(setting: string): string[] {
  return setting
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter(Boolean);
}
