import { z } from 'zod';
import { buildSettings } from './config-builds.ts';
import { fileSettings } from './config-files.ts';
import { healthSettings } from './config-health.ts';
import { ldapSettings } from './config-ldap.ts';
import { noticeSettings } from './config-notices.ts';
import { programSettings } from './config-programs.ts';
import { count, flag, type Setting, seconds } from './config-setting.ts';
import { trafficSettings } from './config-traffic.ts';
import { windowSettings } from './config-windows.ts';
import { workerSettings } from './config-worker.ts';

export type { Setting } from './config-setting.ts';

/** Every setting, by the key under which the code knows it. */
export const settings = {
  dataDir: {
    name: 'CEDAR_DATA_DIR',
    about: 'Folder of the embedded database, keys, git mirrors, releases and generated secrets.',
    schema: z.string().min(1).default('var'),
  },
  databaseUrl: {
    name: 'DATABASE_URL',
    about:
      'mysql://user:password@host:port/name for MySQL 8 or MariaDB 10.6+. Empty: the embedded database in the data folder.',
    schema: z
      .string()
      .regex(/^(mysql:\/\/\S+)?$/, 'must start with mysql://')
      .default(''),
    secret: true,
  },
  host: {
    name: 'CEDAR_HOST',
    about: 'Address on which the web process listens.',
    schema: z.string().min(1).default('127.0.0.1'),
  },
  port: {
    name: 'CEDAR_PORT',
    about: 'Port on which the web process listens. 0 takes a free one.',
    schema: z.coerce.number().int().min(0).max(65_535).default(8400),
  },
  baseUrl: {
    name: 'CEDAR_BASE_URL',
    about: 'Public address of the console, used in links and for the origin check. Empty: http://host:port.',
    schema: z.union([z.literal(''), z.url()]).default(''),
  },
  trustProxy: {
    name: 'CEDAR_TRUST_PROXY',
    about:
      'Addresses or CIDR ranges of reverse proxies whose X-Forwarded-* headers count, comma separated. Empty: none.',
    schema: z
      .string()
      .regex(/^[0-9a-fA-F.:/, ]*$/, 'must be addresses or ranges')
      .default(''),
  },
  language: {
    name: 'CEDAR_LANGUAGE',
    about: "Language of people who have not chosen one: en, zh-CN, or auto for the browser's.",
    schema: z.enum(['auto', 'en', 'zh-CN']).default('auto'),
  },
  sessionSecret: {
    name: 'CEDAR_SESSION_SECRET',
    about:
      'Signs session cookies; at least 32 characters. Empty: generated into secrets.json in the data folder.',
    schema: z.string().default(''),
    secret: true,
  },
  masterKey: {
    name: 'CEDAR_MASTER_KEY',
    about:
      'Encrypts secrets at rest; 32 bytes in base64. Empty: generated into secrets.json in the data folder.',
    schema: z.string().default(''),
    secret: true,
  },
  masterKeyPrevious: {
    name: 'CEDAR_MASTER_KEY_PREVIOUS',
    about:
      'While the master key is changed: other keys, separated by commas, that still open what they sealed (docs/security-hosts.md).',
    schema: z.string().default(''),
    secret: true,
  },
  allowLoopbackHosts: {
    name: 'CEDAR_ALLOW_LOOPBACK_HOSTS',
    about: 'Accept hosts and git servers on loopback addresses (the demo does).',
    schema: flag(false),
  },
  allowInsecureGit: {
    name: 'CEDAR_ALLOW_INSECURE_GIT',
    about: 'Accept git addresses over plain http:// and file://.',
    schema: flag(false),
  },
  sessionIdleMinutes: {
    name: 'CEDAR_SESSION_IDLE_MINUTES',
    about: 'A session unused for so long ends.',
    schema: count(30, 1, 10_080),
  },
  sessionHours: {
    name: 'CEDAR_SESSION_HOURS',
    about: 'A session ends after so many hours whatever happens.',
    schema: count(12, 1, 720),
  },
  ...workerSettings,
  stageSeconds: {
    name: 'CEDAR_STAGE_SECONDS',
    about: 'Deadline of shipping one release to one host.',
    schema: seconds(1800, 5, 86_400),
  },
  stageAtOnce: {
    name: 'CEDAR_STAGE_AT_ONCE',
    about: 'Hosts to which a release is shipped at the same time.',
    schema: count(16, 1, 200),
  },
  gitSeconds: {
    name: 'CEDAR_GIT_SECONDS',
    about: 'Deadline of one git fetch.',
    schema: seconds(600, 2, 86_400),
  },
  ...trafficSettings,
  checkEverySeconds: {
    name: 'CEDAR_CHECK_EVERY_SECONDS',
    about: 'Pause between two looks at the state of a process.',
    schema: seconds(0.3, 0.02, 60),
  },
  ...healthSettings,
  logCapBytes: {
    name: 'CEDAR_LOG_CAP_BYTES',
    about: 'Log kept per step: up to this size complete, beyond it the first and the last half.',
    schema: count(8_388_608, 4096),
  },
  keepProduction: {
    name: 'CEDAR_KEEP_PRODUCTION',
    about: 'Good releases kept per project of a production environment.',
    schema: count(9, 1, 1000),
  },
  keepOther: {
    name: 'CEDAR_KEEP_OTHER',
    about: 'Good releases kept per project of any other environment.',
    schema: count(5, 1, 1000),
  },
  ...fileSettings,
  ...noticeSettings,
  ...windowSettings,
  ...buildSettings,
  ...programSettings,
  ...ldapSettings,
} as const satisfies Record<string, Setting>;
