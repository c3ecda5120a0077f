import { afterAll, beforeAll, expect, test } from 'vitest';
import { directoryOf } from '../../src/auth/ldap/directory-of.ts';
import { idFilter, idText } from '../../src/auth/ldap/stable-id.ts';
import { readConfig } from '../../src/config.ts';
import { base, bindDn, bindPassword, personLdif, type Slapd, startSlapd } from '../lab/slapd.ts';

/** As Active Directory has it: sixteen bytes, some of which are no text. */
const schema = `attributetype ( 1.2.840.113556.1.4.2 NAME 'objectGUID' EQUALITY octetStringMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.99999.1 NAME 'badgeNumber' EQUALITY octetStringMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.99999.2 NAME 'numbered' AUXILIARY MAY ( objectGUID $ badgeNumber ) )`;
const guid = '33221100-5544-7766-8899-aabbccddeeff';
const bytes = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const badge = Buffer.from('ff002a28295c', 'hex');

let slapd: Slapd;
beforeAll(async () => {
  slapd = await startSlapd(schema);
  const ids = `objectGUID:: ${bytes.toString('base64')}\nbadgeNumber:: ${badge.toString('base64')}`;
  await slapd.change(personLdif('ada', 'Ada', 'an engine of difference', `objectClass: numbered\n${ids}`));
  const other = `objectClass: numbered\nobjectGUID:: ${Buffer.alloc(16, 0xfe).toString('base64')}`;
  await slapd.change(personLdif('bob', 'Bob', 'the builder of it all', other));
});
afterAll(() => slapd.stop());

const directory = (idAttribute: string, env: Record<string, string> = {}) =>
  directoryOf(
    readConfig({
      CEDAR_LDAP_URL: slapd.secureUrl,
      CEDAR_LDAP_CA_FILE: slapd.ca,
      CEDAR_LDAP_BASE: base,
      CEDAR_LDAP_BIND_DN: bindDn,
      CEDAR_LDAP_BIND_PASSWORD: bindPassword,
      CEDAR_LDAP_ID_ATTRIBUTE: idAttribute,
      ...env,
    }),
  )!;

test.each([
  ['objectGUID', guid],
  ['OBJECTGUID', guid],
  ['badgeNumber', 'hex:ff002a28295c'],
  ['uid', 'ada'],
])('somebody is known for good by %s as %s, and found by it', async (attribute, id) => {
  const found = await directory(attribute).signIn('ada', 'an engine of difference');
  expect(found).toMatchObject({ id, username: 'ada' });
  expect(await directory(attribute).byId(id, found!.dn)).toMatchObject({ is: 'here', person: { id } });
});

test('ids that are not text stay apart, and what only looks like one is text', () => {
  expect(idText('x', Buffer.from('hex:00'))).toBe(`hex:${Buffer.from('hex:00').toString('hex')}`);
  expect(idText('objectGUID', Buffer.alloc(15, 1))).toMatch(/^hex:/);
  expect(idText('entryUUID', Buffer.from(guid))).toBe(guid);
  expect(idText('entryUUID', undefined)).toBe('');
  expect(idFilter('entryUUID', '*)(uid=*')).toBe('(entryUUID=\\2a\\29\\28uid\\3d\\2a)');
  expect(idFilter('objectGUID', guid)).toBe(
    `(objectGUID=${[...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')})`,
  );
});

test('without a name of its own the console reads the entry of a direct bind as the person', async () => {
  const alone = {
    CEDAR_LDAP_USER_DN: `uid={{username}},ou=people,${base}`,
    ...{ CEDAR_LDAP_BIND_DN: '', CEDAR_LDAP_BIND_PASSWORD: '' },
  };
  await slapd.access('access to * by self read by anonymous auth by * none');
  const found = await directory('objectGUID', alone).signIn('ada', 'an engine of difference');
  expect(found).toMatchObject({ id: guid, displayName: 'Ada', groups: null });
  expect(await directory('objectGUID', alone).signIn('ada', 'wrong')).toBeNull();
  expect(await directory('objectGUID', alone).byId(guid, found!.dn)).toMatchObject({ is: 'unsure' });
  await slapd.access();
  expect(() => directory('objectGUID', { CEDAR_LDAP_BIND_DN: '' })).toThrow('CEDAR_LDAP_BIND_DN');
  expect(() => directory('objectGUID', { CEDAR_LDAP_BIND_PASSWORD: '' })).toThrow('CEDAR_LDAP_BIND_PASSWORD');
});
