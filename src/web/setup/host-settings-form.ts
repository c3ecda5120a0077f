import { z } from 'zod';
import type { Vault } from '../../auth/vault.ts';
import { defaultHostSettings, type HostSettings, hostSettingsSchema } from '../../model/host-settings.ts';
import { checkbox } from '../form.ts';
import { orNone, wholeOrNone } from './setup-fields.ts';

const { shape } = hostSettingsSchema;
const WORD = '[A-Za-z0-9_@%+=:,./-]+';

const words = orNone(
  z
    .string()
    .max(1000)
    .regex(new RegExp(`^${WORD}(?: +${WORD}){0,11}$`), 'words'),
);

/** The settings of hosts as fields of a form; empty: not set here. The password is write-only. */
export const settingsShape = {
  sshUser: orNone(shape.sshUser),
  sshPort: wholeOrNone(1, 65_535),
  sshKey: orNone(shape.sshKey),
  hostPath: orNone(shape.hostPath),
  logPath: orNone(shape.logPath),
  supervisorDir: orNone(shape.supervisorDir),
  supervisorSuffix: orNone(shape.supervisorSuffix),
  supervisorSocket: orNone(shape.supervisorSocket),
  supervisorUser: orNone(shape.supervisorUser),
  supervisorctl: words,
  crontab: words,
  cronDir: orNone(shape.cronDir),
  cronUsers: orNone(z.string().regex(/^[a-z_][a-z0-9_-]{0,31}(?: +[a-z_][a-z0-9_-]{0,31}){0,11}$/, 'user')),
  cronSudo: words,
  supervisorPassword: z
    .string()
    .max(200)
    .regex(/^[^\x00-\x1f\x7f]*$/, 'line'),
  forgetPassword: checkbox,
};
type SettingsForm = z.output<z.ZodObject<typeof settingsShape>>;

/** What was typed, as settings: a new password sealed, the one there was kept unless it is to be forgotten. */
export function settingsOf(
  form: SettingsForm,
  before: Partial<HostSettings>,
  vault: Vault,
): Partial<HostSettings> {
  const kept = form.forgetPassword ? undefined : before.supervisorPassword;
  const typed = {
    sshUser: form.sshUser,
    sshPort: form.sshPort,
    sshKey: form.sshKey,
    hostPath: form.hostPath,
    logPath: form.logPath,
    supervisorDir: form.supervisorDir,
    supervisorSuffix: form.supervisorSuffix,
    supervisorSocket: form.supervisorSocket,
    supervisorUser: form.supervisorUser,
    supervisorPassword: form.supervisorPassword ? vault.seal(form.supervisorPassword) : kept,
    supervisorctl: form.supervisorctl?.split(/ +/),
    crontab: form.crontab?.split(/ +/),
    cronDir: form.cronDir,
    cronUsers: form.cronUsers?.split(/ +/),
    cronSudo: form.cronSudo?.split(/ +/),
  };
  const set = Object.entries(typed).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(set) as Partial<HostSettings>;
}

/** The form's first values. */
export function settingsValues(settings: Partial<HostSettings>) {
  return {
    sshUser: settings.sshUser ?? null,
    sshPort: settings.sshPort ?? null,
    sshKey: settings.sshKey ?? null,
    hostPath: settings.hostPath ?? null,
    logPath: settings.logPath ?? null,
    supervisorDir: settings.supervisorDir ?? null,
    supervisorSuffix: settings.supervisorSuffix ?? null,
    supervisorSocket: settings.supervisorSocket ?? null,
    supervisorUser: settings.supervisorUser ?? null,
    supervisorctl: settings.supervisorctl?.join(' ') ?? null,
    crontab: settings.crontab?.join(' ') ?? null,
    cronDir: settings.cronDir ?? null,
    cronUsers: settings.cronUsers?.join(' ') ?? null,
    cronSudo: settings.cronSudo?.join(' ') ?? null,
    supervisorPassword: null,
    forgetPassword: false,
  };
}

/** What holds where a field is left empty, for the fields' placeholders. */
export function settingsDefaults(settings: Partial<HostSettings> = {}): Record<string, string> {
  const { supervisorPassword: _, ...plain } = { ...defaultHostSettings, ...settings };
  const texts = Object.entries(plain).map(([name, value]) => [name, [value].flat().join(' ')]);
  return { ...Object.fromEntries(texts), supervisorPassword: '' };
}

/** The settings for the audit trail: whether there is a password, never which. */
export function settingsFacts(settings: Partial<HostSettings>): Record<string, unknown> {
  const { supervisorPassword, ...plain } = settings;
  return { ...plain, hasSupervisorPassword: Boolean(supervisorPassword) };
}
