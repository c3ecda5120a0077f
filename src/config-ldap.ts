import { z } from 'zod';
import { flag, type Setting, seconds } from './config-setting.ts';

const attribute = (name: string) =>
  z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9;-]{0,63}$/, 'must be the name of an attribute')
    .default(name);
const filter = (text: string) =>
  z
    .string()
    .regex(/^(\(.*\))?$/, 'must be a filter in parentheses')
    .default(text);

/** Settings of the LDAP directory whose people may sign in. */
export const ldapSettings = {
  ldapUrl: {
    name: 'CEDAR_LDAP_URL',
    about:
      'Servers of the LDAP directory whose people may sign in, ldaps:// or ldap://, comma separated, asked in turn. Empty: local accounts alone. See docs/ldap.md.',
    schema: z
      .string()
      .regex(
        /^(ldaps?:\/\/[^\s,/]+\/?( *, *ldaps?:\/\/[^\s,/]+\/?)*)?$/,
        'must be ldap:// or ldaps:// addresses',
      )
      .default(''),
  },
  ldapStartTls: {
    name: 'CEDAR_LDAP_STARTTLS',
    about: 'Turn ldap:// into TLS with StartTLS before anything else is said.',
    schema: flag(false),
  },
  ldapAllowPlain: {
    name: 'CEDAR_LDAP_ALLOW_PLAIN',
    about: 'Accept ldap:// without StartTLS: passwords then cross the network in clear text.',
    schema: flag(false),
  },
  ldapCaFile: {
    name: 'CEDAR_LDAP_CA_FILE',
    about: "PEM file of the authority that signed the directory's certificate. Empty: the usual ones.",
    schema: z.string().default(''),
  },
  ldapBindDn: {
    name: 'CEDAR_LDAP_BIND_DN',
    about:
      'Distinguished name with which the console itself searches. May be empty with CEDAR_LDAP_USER_DN alone.',
    schema: z.string().default(''),
  },
  ldapBindPassword: {
    name: 'CEDAR_LDAP_BIND_PASSWORD',
    about: 'Its password.',
    schema: z.string().default(''),
    secret: true,
  },
  ldapUserDn: {
    name: 'CEDAR_LDAP_USER_DN',
    about:
      'Sign people in directly under this name, uid={{username}},ou=people,dc=example,dc=com, instead of searching for them.',
    schema: z
      .string()
      .regex(/^$|\{\{username\}\}/, 'must hold {{username}}')
      .default(''),
  },
  ldapBase: {
    name: 'CEDAR_LDAP_BASE',
    about: 'Everybody who may sign in lies below this name.',
    schema: z.string().default(''),
  },
  ldapFilter: {
    name: 'CEDAR_LDAP_FILTER',
    about: 'Finds the person of a username.',
    schema: filter('(uid={{username}})'),
  },
  ldapActiveFilter: {
    name: 'CEDAR_LDAP_ACTIVE_FILTER',
    about: 'Matches those who may come in, such as (!(pwdAccountLockedTime=*)). Empty: everybody found.',
    schema: filter(''),
  },
  ldapUsernameAttribute: {
    name: 'CEDAR_LDAP_USERNAME_ATTRIBUTE',
    about: 'Attribute that becomes the username here.',
    schema: attribute('uid'),
  },
  ldapNameAttribute: {
    name: 'CEDAR_LDAP_NAME_ATTRIBUTE',
    about: 'Attribute with the name to show.',
    schema: attribute('cn'),
  },
  ldapIdAttribute: {
    name: 'CEDAR_LDAP_ID_ATTRIBUTE',
    about: 'Attribute by which a person is known for good; objectGUID of Active Directory is read as a GUID.',
    schema: attribute('entryUUID'),
  },
  ldapGroupBase: {
    name: 'CEDAR_LDAP_GROUP_BASE',
    about: "Where groups are searched. Empty: the person's attribute memberOf counts.",
    schema: z.string().default(''),
  },
  ldapGroupFilter: {
    name: 'CEDAR_LDAP_GROUP_FILTER',
    about: 'Finds the groups of a person.',
    schema: filter('(|(member={{dn}})(uniqueMember={{dn}})(memberUid={{username}}))'),
  },
  ldapSeconds: {
    name: 'CEDAR_LDAP_SECONDS',
    about: 'Deadline of everything that the directory is asked for one sign-in.',
    schema: seconds(4, 0.2, 4.5),
  },
  ldapRecheckMinutes: {
    name: 'CEDAR_LDAP_RECHECK_MINUTES',
    about: 'How old the answer that somebody of the directory may come in may become, in minutes.',
    schema: z.coerce.number().min(0.1).max(14).default(10),
  },
} as const satisfies Record<string, Setting>;
