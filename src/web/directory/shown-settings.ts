import type { WebSettings } from '../settings.ts';

type Shown = { key: string; value: string | null };

/** The settings of the directory that are in force, in the order in which they work. No secret is among them. */
export function shownSettings(settings: WebSettings): Shown[] {
  const text = (key: string, value: string | number) => ({ key, value: String(value) || null });
  const found = settings.ldapUserDn
    ? [text('user_dn', settings.ldapUserDn)]
    : [text('filter', settings.ldapFilter)];
  const groups = settings.ldapGroupBase
    ? [text('group_base', settings.ldapGroupBase), text('group_filter', settings.ldapGroupFilter)]
    : [text('group_base', 'memberOf')];
  return [
    text('servers', settings.ldapUrl),
    text('start_tls', settings.ldapStartTls ? 'StartTLS' : ''),
    text('ca', settings.ldapCaFile),
    text('bind_dn', settings.ldapBindDn),
    text('base', settings.ldapBase),
    ...found,
    text('active_filter', settings.ldapActiveFilter),
    text('id_attribute', settings.ldapIdAttribute),
    text('username_attribute', settings.ldapUsernameAttribute),
    ...groups,
    text('seconds', settings.ldapSeconds),
    text('recheck_minutes', settings.ldapRecheckMinutes),
  ];
}
