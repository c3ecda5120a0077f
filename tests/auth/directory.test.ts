import { afterAll, beforeAll, expect, test } from 'vitest';
import { directoryOf } from '../../src/auth/ldap/directory-of.ts';
import { readConfig } from '../../src/config.ts';
import { base, bindDn, bindPassword, personLdif, type Slapd, startSlapd } from '../lab/slapd.ts';

let slapd: Slapd;
beforeAll(async () => {
  slapd = await startSlapd();
  await slapd.change(personLdif('bob', 'Bob', 'the builder of it all'));
  await slapd.change(personLdif('bob', 'Another Bob', 'the builder of it all', '', 'others'));
  await slapd.change(personLdif('admin', 'Evil', 'an evil password', '', 'others'));
  await slapd.change(`dn: ou=elsewhere,ou=people,${base}
objectClass: referral
objectClass: extensibleObject
ou: elsewhere
uid: carol
ref: ldap://127.0.0.1:1/uid=carol,dc=evil
`);
});
afterAll(() => slapd.stop());

const password = 'down the rabbit hole';
const directory = (env: Record<string, string> = {}) =>
  directoryOf(
    readConfig({
      CEDAR_LDAP_URL: slapd.secureUrl,
      CEDAR_LDAP_CA_FILE: slapd.ca,
      CEDAR_LDAP_BASE: base,
      CEDAR_LDAP_BIND_DN: bindDn,
      CEDAR_LDAP_BIND_PASSWORD: bindPassword,
      ...env,
    }),
  )!;
const connections = () => slapd.log().match(/ ACCEPT /g)?.length ?? 0;
const direct = { CEDAR_LDAP_USER_DN: `uid={{username}},ou=people,${base}` };
const startTls = () => ({ CEDAR_LDAP_URL: slapd.url, CEDAR_LDAP_STARTTLS: 'true' });

test.each([
  ['search and bind over ldaps', () => ({})],
  ['direct bind over ldaps', () => direct],
  ['search and bind over StartTLS', startTls],
  ['direct bind over StartTLS', () => ({ ...direct, ...startTls() })],
  [
    'a second server where the first is down',
    () => ({ CEDAR_LDAP_URL: `ldaps://127.0.0.1:1, ${slapd.secureUrl}` }),
  ],
])('%s', async (_name, env) => {
  const found = await directory(env()).signIn('alice', password);
  expect(found).toMatchObject({ username: 'alice', displayName: 'Alice Liddell' });
  expect(found?.id).toMatch(/^[0-9a-f-]{36}$/);
  expect(await directory(env()).signIn('alice', 'wrong')).toBeNull();
  expect(await directory(env()).byId(found!.id, found!.dn)).toMatchObject({ person: { username: 'alice' } });
});

test.each(['', ' ', '\t\n', '\0', 'down\0'])(
  '[S1] the password %j is refused before a packet is sent',
  async (secret) => {
    const before = connections();
    for (const env of [{}, direct]) expect(await directory(env).signIn('alice', secret)).toBeNull();
    expect(connections()).toBe(before);
  },
);

const hostile = [
  '*',
  'admin)(|(uid=*',
  'x)(&)',
  'admin,ou=evil',
  'uid=a+cn=b',
  '\\2a',
  'ali*',
  '\u5f20',
  'a\0b',
  'alice\\00',
  '#a',
  ' ',
];
test.each(hostile)('[S2] the name %j finds nobody', async (name) => {
  expect(await directory().signIn(name, password)).toBeNull();
  expect(await directory(direct).signIn(name, password)).toBeNull();
});

test('[S2] what is typed arrives as the value of the filter, escaped', async () => {
  for (const name of ['*', 'admin)(|(uid=*', '\\2a', '\u5f20']) await directory().byName(name);
  const filters = [...slapd.log().matchAll(/filter="([^"]*)"/g)].map((match) => match[1]?.toLowerCase());
  for (const value of ['\\2a', 'admin\\29\\28|\\28uid=\\2a', '\\5c2a', '\\e5\\bc\\a0'])
    expect(filters).toContain(`(uid=${value})`);
});

test('[S4] two entries of one name are nobody', async () => {
  expect(await directory().signIn('bob', 'the builder of it all')).toBeNull();
  const people = { CEDAR_LDAP_BASE: `ou=people,${base}` };
  expect(await directory(people).signIn('bob', 'the builder of it all')).toMatchObject({
    displayName: 'Bob',
  });
});

test('[S4] a referral is nobody and is not followed', async () => {
  expect(await directory().signIn('carol', password)).toBeNull();
});

test('[S4] a name outside the base is nobody', async () => {
  const inside = {
    CEDAR_LDAP_BASE: `ou=people,${base}`,
    CEDAR_LDAP_USER_DN: `uid={{username}},ou=others,${base}`,
  };
  expect(await directory(inside).signIn('admin', 'an evil password')).toBeNull();
});

test('[S5] a certificate of somebody else lets nobody in', async () => {
  for (const env of [{}, startTls()])
    await expect(
      directory({ ...env, CEDAR_LDAP_CA_FILE: slapd.otherCa }).signIn('alice', password),
    ).rejects.toThrow('directory_away');
  const otherName = slapd.secureUrl.replace('127.0.0.1', 'localhost');
  await expect(directory({ CEDAR_LDAP_URL: otherName }).signIn('alice', password)).rejects.toThrow(
    'directory_away',
  );
});

test('[S5] a directory that hangs or is down is away within five seconds', async () => {
  await expect(
    directory({ CEDAR_LDAP_URL: 'ldaps://127.0.0.1:1' }).signIn('alice', password),
  ).rejects.toThrow('directory_away');
  slapd.signal('SIGSTOP');
  try {
    const began = performance.now();
    await expect(directory().signIn('alice', password)).rejects.toThrow('directory_away');
    expect(performance.now() - began).toBeLessThan(5000);
  } finally {
    slapd.signal('SIGCONT');
  }
});

test('plain ldap:// is refused unless a setting allows it', async () => {
  const plain = { CEDAR_LDAP_URL: slapd.url };
  expect(() => directory(plain)).toThrow('plain ldap://');
  const allowed = directory({ ...plain, CEDAR_LDAP_ALLOW_PLAIN: 'true' });
  expect(await allowed.signIn('alice', password)).toMatchObject({ username: 'alice' });
});

test('groups are found by a search or by memberOf; an active filter counts', async () => {
  await slapd.change(`dn: cn=admins,ou=groups,${base}
objectClass: groupOfNames
cn: admins
member: uid=alice,ou=people,${base}
`);
  const group = [`cn=admins,ou=groups,${base}`];
  expect(await directory().byName('alice')).toMatchObject({ person: { groups: group } });
  const searched = directory({ CEDAR_LDAP_GROUP_BASE: `ou=groups,${base}` });
  expect(await searched.byName('alice')).toMatchObject({ person: { groups: group } });
  const nobody = directory({ CEDAR_LDAP_ACTIVE_FILTER: '(!(sn=Alice Liddell))' });
  expect(await nobody.signIn('alice', password)).toBeNull();
});
