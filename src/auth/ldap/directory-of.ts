import { readFileSync } from 'node:fs';
import { messageOf } from '../../errors.ts';
import { Directory } from './directory.ts';
import { escapeFilter, fill } from './escape.ts';
import { encodeFilter } from './filter.ts';

/** The settings that describe a directory, as they are read from the environment. */
export type LdapSettings = {
  ldapUrl: string;
  ldapStartTls: boolean;
  ldapAllowPlain: boolean;
  ldapCaFile: string;
  ldapBindDn: string;
  ldapBindPassword: string;
  ldapUserDn: string;
  ldapBase: string;
  ldapFilter: string;
  ldapActiveFilter: string;
  ldapUsernameAttribute: string;
  ldapNameAttribute: string;
  ldapIdAttribute: string;
  ldapGroupBase: string;
  ldapGroupFilter: string;
  ldapSeconds: number;
};

/** Thrown when the directory's settings do not go together; the message names the setting. */
export class BadDirectory extends Error {}

/** The directory of the settings; null where none is set. @throws BadDirectory */
export function directoryOf(settings: LdapSettings): Directory | null {
  if (settings.ldapUrl === '') return null;
  checkTogether(settings);
  const ca = settings.ldapCaFile === '' ? null : readCa(settings.ldapCaFile);
  const urls = settings.ldapUrl.split(',').map((url) => url.trim());
  return new Directory({
    servers: urls.map((url) => ({ url, ca, startTls: settings.ldapStartTls && url.startsWith('ldap://') })),
    bindDn: settings.ldapBindDn,
    bindPassword: settings.ldapBindPassword,
    userDn: settings.ldapUserDn,
    base: settings.ldapBase,
    filter: settings.ldapFilter,
    activeFilter: settings.ldapActiveFilter,
    usernameAttribute: settings.ldapUsernameAttribute,
    nameAttribute: settings.ldapNameAttribute,
    idAttribute: settings.ldapIdAttribute,
    groupBase: settings.ldapGroupBase,
    groupFilter: settings.ldapGroupFilter,
    seconds: settings.ldapSeconds,
  });
}

function checkTogether(settings: LdapSettings): void {
  const { ldapUrl, ldapStartTls, ldapAllowPlain, ldapBase, ldapBindDn, ldapBindPassword } = settings;
  if (/\bldap:/.test(ldapUrl) && !ldapStartTls && !ldapAllowPlain)
    throw new BadDirectory(
      'CEDAR_LDAP_URL is plain ldap://: use ldaps://, or set CEDAR_LDAP_STARTTLS (or CEDAR_LDAP_ALLOW_PLAIN).',
    );
  if (ldapBase === '') throw new BadDirectory('CEDAR_LDAP_BASE is needed with CEDAR_LDAP_URL.');
  if (ldapBindDn === '' && settings.ldapUserDn === '')
    throw new BadDirectory(
      'CEDAR_LDAP_BIND_DN is needed to search; only with CEDAR_LDAP_USER_DN it may be empty.',
    );
  if (ldapBindDn !== '' && ldapBindPassword === '')
    throw new BadDirectory('CEDAR_LDAP_BIND_PASSWORD is needed with CEDAR_LDAP_BIND_DN.');
  if (settings.ldapUserDn === '' && !settings.ldapFilter.includes('{{username}}'))
    throw new BadDirectory('CEDAR_LDAP_FILTER must hold {{username}}.');
  checkFilter('CEDAR_LDAP_FILTER', settings.ldapFilter);
  checkFilter('CEDAR_LDAP_ACTIVE_FILTER', settings.ldapActiveFilter || '(objectClass=*)');
  checkFilter('CEDAR_LDAP_GROUP_FILTER', settings.ldapGroupFilter);
}

function checkFilter(name: string, filter: string): void {
  try {
    encodeFilter(fill(filter, { username: 'a', dn: 'a' }, escapeFilter));
  } catch {
    throw new BadDirectory(`${name} is no LDAP filter.`);
  }
}

function readCa(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadDirectory(`CEDAR_LDAP_CA_FILE cannot be read: ${messageOf(error)}`);
  }
}
