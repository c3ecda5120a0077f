import { z } from 'zod';
import { fileSettings } from './config-files.ts';
import { noticeSettings } from './config-notices.ts';
import { count, flag, type Setting, seconds } from './config-setting.ts';
import { trafficSettings } from './config-traffic.ts';

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
  workerSlots: {
    name: 'CEDAR_WORKER_SLOTS',
    about: 'Operations that one worker runs at once.',
    schema: count(8, 1, 200),
  },
  questionSlots: {
    name: 'CEDAR_QUESTION_SLOTS',
    about: 'Questions of pages that one worker answers at once.',
    schema: count(8, 1, 200),
  },
  pollSeconds: {
    name: 'CEDAR_POLL_SECONDS',
    about: 'How often a worker looks for new operations and questions.',
    schema: seconds(0.2, 0.02, 60),
  },
  leaseSeconds: {
    name: 'CEDAR_LEASE_SECONDS',
    about: 'A worker that has not renewed its lease for so long has lost its operation to the next one.',
    schema: seconds(30, 1, 3600),
  },
  leaseRenewSeconds: {
    name: 'CEDAR_LEASE_RENEW_SECONDS',
    about: 'How often a worker renews its leases.',
    schema: seconds(10, 0.1, 1200),
  },
  leaseStopSeconds: {
    name: 'CEDAR_LEASE_STOP_SECONDS',
    about: 'A worker that could not renew for so long stops by itself.',
    schema: seconds(20, 0.5, 3000),
  },
  drainSeconds: {
    name: 'CEDAR_DRAIN_SECONDS',
    about: 'After SIGTERM a worker finishes the host at hand for at most so long.',
    schema: seconds(60, 0.1, 3600),
  },
  connectSeconds: {
    name: 'CEDAR_CONNECT_SECONDS',
    about: 'Deadline of one ssh connection attempt; two are made.',
    schema: seconds(5, 0.2, 120),
  },
  sshIdleSeconds: {
    name: 'CEDAR_SSH_IDLE_SECONDS',
    about: 'A pooled ssh connection unused for so long is closed.',
    schema: seconds(120, 1, 86_400),
  },
  commandSeconds: {
    name: 'CEDAR_COMMAND_SECONDS',
    about: 'Deadline of one command on a host.',
    schema: seconds(60, 1, 3600),
  },
  stageSeconds: {
    name: 'CEDAR_STAGE_SECONDS',
    about: 'Deadline of shipping one release to one host.',
    schema: seconds(1800, 5, 86_400),
  },
  stageAtOnce: {
    name: 'CEDAR_STAGE_AT_ONCE',
    about: 'Hosts to which a release is shipped at the same time.',
    schema: count(8, 1, 200),
  },
  gitSeconds: {
    name: 'CEDAR_GIT_SECONDS',
    about: 'Deadline of one git fetch.',
    schema: seconds(600, 2, 86_400),
  },
  portTries: { name: 'CEDAR_PORT_TRIES', about: 'Attempts of the port check.', schema: count(60, 1, 10_000) },
  portEverySeconds: {
    name: 'CEDAR_PORT_EVERY_SECONDS',
    about: 'Pause between two attempts of the port check.',
    schema: seconds(2),
  },
  httpTries: { name: 'CEDAR_HTTP_TRIES', about: 'Attempts of the http check.', schema: count(30, 1, 10_000) },
  httpEverySeconds: {
    name: 'CEDAR_HTTP_EVERY_SECONDS',
    about: 'Pause between two attempts of the http check.',
    schema: seconds(2),
  },
  expansionTries: {
    name: 'CEDAR_EXPANSION_TRIES',
    about: 'Attempts to reach the ssh of a machine that joins a project.',
    schema: count(5, 1, 1000),
  },
  expansionEverySeconds: {
    name: 'CEDAR_EXPANSION_EVERY_SECONDS',
    about: 'Pause between two of these attempts.',
    schema: seconds(5),
  },
  stableSeconds: {
    name: 'CEDAR_STABLE_SECONDS',
    about: 'Beyond its startsecs, a restarted process must stay up with the same pid for so long.',
    schema: seconds(5, 0, 3600),
  },
  ...trafficSettings,
  checkEverySeconds: {
    name: 'CEDAR_CHECK_EVERY_SECONDS',
    about: 'Pause between two looks at the state of a process.',
    schema: seconds(0.3, 0.02, 60),
  },
  sweepSeconds: {
    name: 'CEDAR_SWEEP_SECONDS',
    about: 'Interval of the health sweep; a state older than three intervals is shown as unknown.',
    schema: seconds(30, 0.5, 3600),
  },
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
  buildEnv: {
    name: 'CEDAR_BUILD_ENV',
    about:
      'Further variables of every build, as NAME=value separated by spaces (package mirrors, JAVA_HOME).',
    schema: z.string().default(''),
  },
  buildPath: {
    name: 'CEDAR_BUILD_PATH',
    about: 'PATH of every build.',
    schema: z.string().min(1).default('/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'),
  },
  apiPerMinute: {
    name: 'CEDAR_API_PER_MINUTE',
    about: 'Calls that one token may make in a minute, per web process.',
    schema: count(600, 1, 1_000_000),
  },
  scalingPerMinute: {
    name: 'CEDAR_SCALING_PER_MINUTE',
    about: 'Expansions and reductions that one token may ask for one project in a minute, per web process.',
    schema: count(20, 1, 1_000_000),
  },
  scalingWaitSeconds: {
    name: 'CEDAR_SCALING_WAIT_SECONDS',
    about:
      'How long POST /expansion and POST /reduced wait for the end before they answer 202 with a status address.',
    schema: seconds(600, 0, 86_400),
  },
  reducePercent: {
    name: 'CEDAR_REDUCE_PERCENT',
    about: "Share of a project's hosts that programs may take away within ten minutes; one always may be.",
    schema: count(50, 1, 100),
  },
} as const satisfies Record<string, Setting>;
