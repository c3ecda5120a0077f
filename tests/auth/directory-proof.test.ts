import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { directoryOf } from '../../src/auth/ldap/directory-of.ts';
import { readConfig } from '../../src/config.ts';
import { base, bindDn, bindPassword, personLdif, type Slapd, startSlapd } from '../lab/slapd.ts';

let slapd: Slapd;
beforeAll(async () => {
  slapd = await startSlapd();
  await slapd.change(personLdif('bob', 'Bob', 'the builder of it all', 'employeeType: here'));
  await slapd.change(personLdif('dora', 'Dora', 'the builder of it all', '', 'others'));
});
afterEach(() => slapd.access());
afterAll(() => slapd.stop());

const people = `ou=people,${base}`;
const alice = `uid=alice,${people}`;
const directory = (env: Record<string, string> = {}) =>
  directoryOf(
    readConfig({
      CEDAR_LDAP_URL: slapd.secureUrl,
      CEDAR_LDAP_CA_FILE: slapd.ca,
      CEDAR_LDAP_BASE: base,
      CEDAR_LDAP_BIND_DN: bindDn,
      CEDAR_LDAP_BIND_PASSWORD: bindPassword,
      CEDAR_LDAP_ACTIVE_FILTER: '(!(employeeType=left))',
      ...env,
    }),
  )!;
async function idOf(username: string): Promise<string> {
  const found = await directory().byName(username);
  return found.is === 'here' ? found.person.id : '';
}

const everythingElse = 'access to * by anonymous auth by * read';
test.each([
  ['the whole directory', 'base', ['access to * by anonymous auth by * none']],
  [
    'the base entry alone',
    'base',
    [`access to dn.exact="${base}" attrs=entry,objectClass by * none`, everythingElse],
  ],
  [
    'the place of the people',
    'place',
    [`access to dn.subtree="${people}" by anonymous auth by * none`, everythingElse],
  ],
  [
    'the people of one place',
    'nobody',
    [`access to dn.children="${people}" by anonymous auth by * none`, everythingElse],
  ],
  ['the id', 'nobody', ['access to attrs=entryUUID by * none', everythingElse]],
  ['the username', 'attributes', ['access to attrs=uid by * none', everythingElse]],
  ['what says who is active', 'filter', ['access to attrs=employeeType by * none', everythingElse]],
])('[S6] nobody is gone where the console may not read %s any more', async (_what, doubt, rules) => {
  const id = await idOf('alice');
  await slapd.access(...rules);
  expect(await directory().byId(id, alice)).toEqual({ is: 'unsure', doubt });
  await slapd.access();
  expect(await directory().byId(id, alice)).toMatchObject({ is: 'here' });
});

test.each(['dc=example,dc=org', `ou=peopel,${base}`, `uid=alice,ou=nowhere,${base}`])(
  '[S6] nobody is gone, and nobody signs in, below the wrong base %s',
  async (wrong) => {
    const id = await idOf('alice');
    const there = directory({ CEDAR_LDAP_BASE: wrong });
    expect(await there.byId(id, alice)).toEqual({ is: 'unsure', doubt: 'base' });
    await expect(there.signIn('alice', 'down the rabbit hole')).rejects.toThrow('directory_away');
  },
);

test('[S6] an active filter that matches nobody by mistake proves nothing, one that is answered with no does', async () => {
  const id = await idOf('bob');
  const said = (filter: string) =>
    directory({ CEDAR_LDAP_ACTIVE_FILTER: filter }).byId(id, `uid=bob,${people}`);
  expect(await said('(noSuchAttribute=here)')).toEqual({ is: 'unsure', doubt: 'filter' });
  expect(await said('(employeeType=elsewhere)')).toEqual({ is: 'gone' });
  expect(await said('(employeeType=here)')).toMatchObject({ is: 'here' });
});

test('[S6] who was removed is gone: where others are seen, and where the place says that it is empty', async () => {
  await slapd.change(personLdif('erin', 'Erin', 'the builder of it all'));
  const [erin, dora] = [await idOf('erin'), await idOf('dora')];
  await slapd.change(`dn: uid=erin,${people}\nchangetype: delete\n`);
  expect(await directory().byId(erin, `uid=erin,${people}`)).toEqual({ is: 'gone' });
  expect(await directory().byId(erin, null)).toEqual({ is: 'gone' });
  await slapd.change(`dn: uid=dora,ou=others,${base}\nchangetype: delete\n`);
  expect(await directory().byId(dora, `uid=dora,ou=others,${base}`)).toEqual({ is: 'gone' });
});

test('[S6] who was moved below the base is still here', async () => {
  await slapd.change(personLdif('finn', 'Finn', 'the builder of it all'));
  const id = await idOf('finn');
  await slapd.change(
    `dn: uid=finn,${people}\nchangetype: modrdn\nnewrdn: uid=finn\ndeleteoldrdn: 0\nnewsuperior: ou=others,${base}\n`,
  );
  expect(await directory().byId(id, `uid=finn,${people}`)).toMatchObject({ is: 'here' });
});
