import { z } from 'zod';

/** An absolute path without `..`, control characters, spaces or shell words; at most 200 characters. */
export const absolutePath = z
  .string()
  .max(200)
  .regex(/^\/(?:[A-Za-z0-9_@%+=:,.-]+(?:\/[A-Za-z0-9_@%+=:,.-]+)*\/?)?$/, 'path')
  .refine((path) => !path.split('/').some((part) => part === '..' || part === '.'), 'path')
  .transform((path) => (path.length > 1 ? path.replace(/(?<!\/)\/+$/, '') : path));

const word = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_@%+=:,./-]+$/, 'word');

/** What a host needs to be reached and to be deployed to. Set per environment, overridable per host. */
export const hostSettingsSchema = z.strictObject({
  sshUser: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'user'),
  sshPort: z.coerce.number().int().min(1).max(65_535),
  /** Name of a key in the worker's key folder. */
  sshKey: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,47}$/, 'name'),
  /** Projects live in `<hostPath>/<project key>`, releases below `<hostPath>/.cedar`. */
  hostPath: absolutePath,
  logPath: absolutePath,
  /** The folder that supervisord's [include] reads. */
  supervisorDir: absolutePath,
  supervisorSuffix: z.string().regex(/^\.[a-z]{1,8}$/, 'suffix'),
  supervisorSocket: absolutePath,
  supervisorUser: z.string().regex(/^[A-Za-z0-9_.-]{0,64}$/, 'user'),
  /** Sealed by the vault; empty where the socket asks for none. */
  supervisorPassword: z.string().max(1000),
  /** The argv that runs supervisorctl on the host, such as `sudo -n supervisorctl`. */
  supervisorctl: z.array(word).min(1).max(12),
  /** The argv that reads and writes the crontab of whom jobs run as: the ssh user, unless it says otherwise. */
  crontab: z.array(word).min(1).max(12),
  /** The folder of cron's own files, where jobs may use it; empty: they may not. */
  cronDir: z.union([z.literal(''), absolutePath]),
  /** As whom a job in that folder may run. */
  cronUsers: z.array(z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'user')).max(12),
  /** The argv before a command of root's; empty: the ssh user is root. */
  cronSudo: z.array(word).max(12),
});
export type HostSettings = z.output<typeof hostSettingsSchema>;

/** What the original assumed, and Debian's supervisor. */
export const defaultHostSettings: HostSettings = {
  sshUser: 'deploy',
  sshPort: 22,
  sshKey: 'default',
  hostPath: '/app/project',
  logPath: '/data/log',
  supervisorDir: '/etc/supervisor/conf.d',
  supervisorSuffix: '.conf',
  supervisorSocket: '/var/run/supervisor.sock',
  supervisorUser: '',
  supervisorPassword: '',
  supervisorctl: ['supervisorctl'],
  crontab: ['crontab'],
  cronDir: '',
  cronUsers: [],
  cronSudo: ['sudo', '-n'],
};

/** The settings in force on a host: the host's own, else its project's environment's, else the defaults. */
export function settingsInForce(
  environment: Partial<HostSettings>,
  host: Partial<HostSettings>,
): HostSettings {
  return { ...defaultHostSettings, ...environment, ...host };
}
