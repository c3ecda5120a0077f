import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as directoryCheck from '../../src/store/directory-check.ts';
import * as directoryGroups from '../../src/store/directory-groups.ts';
import * as directoryUsers from '../../src/store/directory-users.ts';
import { type Listener, listen } from '../../src/web/listener.ts';
import { accessibilityProblems, listenForErrors, newVisitor } from '../lab/browser.ts';
import { base, bindDn, bindPassword, personLdif, type Slapd, startSlapd } from '../lab/slapd.ts';
import { password, type Town, town } from './people.ts';

const ops = `cn=ops,ou=groups,${base}`;
let slapd: Slapd;
let t: Town;
beforeAll(async () => {
  slapd = await startSlapd();
  await slapd.change(personLdif('admin', 'Not the admin', 'an evil password'));
  await slapd.change(personLdif('zh\u00e4ng', 'Odd', 'an odd password'));
  await slapd.change(`dn: ${ops}\nobjectClass: groupOfNames\ncn: ops\nmember: uid=alice,ou=people,${base}\n`);
  t = await town({
    CEDAR_LANGUAGE: 'auto',
    CEDAR_LDAP_URL: `${slapd.secureUrl},ldaps://127.0.0.1:1`,
    CEDAR_LDAP_CA_FILE: slapd.ca,
    CEDAR_LDAP_BASE: base,
    CEDAR_LDAP_BIND_DN: bindDn,
    CEDAR_LDAP_BIND_PASSWORD: bindPassword,
  });
});
afterAll(async () => {
  await t.end();
  await slapd.stop();
});

const notes = (action: string) => t.db('audit').where({ action, result: 'ok' });
const page = async () => (await t.admin.get('/directory')).text;
/** Somebody whom the directory last confirmed 20 minutes ago. */
async function unsure(username: string): Promise<void> {
  const id = ulid();
  const dn = `uid=${username},ou=people,${base}`;
  await directoryUsers.add(t.db, { id, username, displayName: `The ${username}`, directoryId: id, dn });
  const old = { directory_checked_at: Date.now() - 1_200_000, directory_doubt: 'place' };
  await t.db('users').where({ id }).update(old);
}

test('the page shows the settings in force without a secret', async () => {
  const text = await page();
  for (const shown of [slapd.secureUrl, bindDn, base, '(uid={{username}})', 'entryUUID'])
    expect(text).toContain(shown);
  expect(text).not.toContain(bindPassword);
});

test('a group of the directory is added and removed; both are in the trail', async () => {
  const form = { name: ops, gives: t.groupId, deploy: 'on' };
  expect((await t.admin.post('/directory/groups', form)).status).toBe(303);
  const mapping = (await directoryGroups.all(t.db)).find(({ name }) => name === ops)!;
  expect(mapping).toMatchObject({ admin: false, groupId: t.groupId, config: false, deploy: true });
  expect(await page()).toContain(ops);
  const again = await t.admin.post('/directory/groups', { ...form, name: ops.replaceAll(',', ' , ') });
  expect(again.status).toBe(422);
  expect(again.text).toContain('f-name-note');
  expect((await t.admin.post('/directory/groups', { name: ops, gives: 'admin' })).status).toBe(303);
  expect(await directoryGroups.all(t.db)).toHaveLength(2);
  for (const { id } of await directoryGroups.all(t.db))
    expect((await t.admin.post(`/directory/groups/${id}/delete`)).status).toBe(303);
  expect(await directoryGroups.all(t.db)).toEqual([]);
  expect(await notes('directory.group_add')).toHaveLength(2);
  expect(await notes('directory.group_remove')).toMatchObject([
    { before: expect.stringContaining('cn=ops') },
    {},
  ]);
});

test.each([
  [{ name: 'cn=ops,', gives: 'admin' }, 'cn=ops,'],
  [{ name: 'cn=ops,,dc=example', gives: 'admin' }, 'cn=ops,,dc=example'],
  [{ name: '=ops', gives: 'admin' }, '=ops'],
  [{ name: '(cn=*)', gives: 'admin' }, '(cn=*)'],
  [{ name: 'o\u0000ps', gives: 'admin' }, ''],
  [{ name: 'n'.repeat(501), gives: 'admin' }, 'nnn'],
  [{ name: '', gives: 'admin' }, ''],
  [{ name: 'kept', gives: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }, 'kept'],
])('a group %j is refused, and what was typed comes back', async (form, back) => {
  const answer = await t.admin.post('/directory/groups', form);
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('is-invalid');
  expect(answer.text).toContain(back);
  expect(await directoryGroups.all(t.db)).toEqual([]);
});

test('a name is tried without a password: what is found, and what it would get', async () => {
  const none = { config: false, deploy: false };
  const mapping = { id: ulid(), name: 'ops', admin: false, groupId: t.groupId, ...none, config: true };
  await directoryGroups.add(t.db, mapping);
  const tried = async (username: string) => (await t.admin.post('/directory/try', { username })).text;
  const alice = await tried('alice');
  for (const shown of [`uid=alice,ou=people,${base}`, ops, 'Alice Liddell', 'may come in'])
    expect(alice).toContain(shown);
  expect(alice).toMatch(/shop: Member, /);
  expect(await tried('nobody-at-all')).toContain('nobody with this name');
  expect(await tried('*')).toContain('nobody with this name');
  expect(await tried('\uff21dmin')).toContain('a local account has this name');
  expect(await tried('zh\u00e4ng')).toContain('which is no username here');
  expect(await t.db('users').where({ source: 'ldap', username: 'alice' })).toEqual([]);
  await slapd.access('access to * by anonymous auth by * none');
  expect(await tried('alice')).toContain('The base cannot be read');
  await slapd.halt();
  expect(await tried('alice')).toContain('The directory did not answer');
  await slapd.start();
  await slapd.access();
  await directoryGroups.remove(t.db, mapping.id);
});

test('the connection is tried, each server with its encryption and what it lacks', async () => {
  const { text } = await t.admin.post('/directory/test');
  expect(text).toMatch(/TLSv1\.[23], certificate signed by/);
  expect(text).toContain('the base can be read, people are seen');
  expect(text).toContain('ECONNREFUSED');
  await slapd.access(
    `access to dn.subtree="ou=people,${base}" by anonymous auth by * none`,
    'access to * by anonymous auth by * read',
  );
  expect((await t.admin.post('/directory/test')).text).toContain('the console may have lost the right');
  await slapd.access();
});

test('the last check, and who is not confirmed, are shown there and in the list of people', async () => {
  await unsure('mabel');
  const counts = { asked: 7, unsure: 1, ended: 2 };
  await directoryCheck.note(t.db, { at: Date.now(), why: null, ...counts });
  const text = await page();
  expect(text).toContain('7 asked about, 1 of them not confirmed, 2 ended');
  expect(text).toContain('The mabel');
  expect(text).toContain('The place where the person was cannot be read');
  expect((await t.admin.get('/people')).text).toContain('not confirmed since');
  await directoryCheck.note(t.db, { at: Date.now(), why: 'connect ETIMEDOUT', ...counts });
  expect(await page()).toContain('connect ETIMEDOUT');
  await t.db('users').where({ username: 'mabel' }).update({ directory_checked_at: Date.now() });
  expect(await page()).not.toContain('The mabel');
  expect((await t.admin.get('/people')).text).not.toContain('not confirmed since');
});

test('without a directory the page says how to set one, and tries nothing', async () => {
  const other = await town();
  expect((await other.admin.get('/directory')).text).toContain('CEDAR_LDAP_URL');
  for (const [path, form] of [
    ['/directory/test', {}],
    ['/directory/try', { username: 'alice' }],
  ] as const)
    expect((await other.admin.post(path, form)).status).toBe(422);
  await other.end();
});

test.each([
  ['en', 'light', 1280],
  ['zh-CN', 'dark', 390],
] as const)('%s, %s, %i px wide: nothing wrong with the page', async (locale, colorScheme, width) => {
  await unsure(`pat-${width}`);
  const mapping = { id: ulid(), admin: true, groupId: null, config: false, deploy: false };
  await directoryGroups.add(t.db, { ...mapping, name: `cn=${locale},${ops}` });
  const listener: Listener = await listen(t.app, '127.0.0.1', 0);
  const viewport = { width, height: 800 };
  const visitor = await newVisitor({ locale, colorScheme, viewport, baseURL: listener.address });
  const tab = await visitor.newPage();
  const errors = listenForErrors(tab);
  await tab.goto('/sign-in');
  await tab.fill('#f-username', 'admin');
  await tab.fill('#f-password', password);
  await Promise.all([tab.waitForURL('/'), tab.keyboard.press('Enter')]);
  const found: string[] = [];
  const judge = async (name: string) => {
    for (const problem of await accessibilityProblems(tab)) found.push(`${name} ${problem}`);
    if (await tab.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth'))
      found.push(`${name} is wider than the screen`);
    const folder = process.env.CEDAR_SCREENSHOTS;
    if (folder) await tab.screenshot({ path: `${folder}/directory-${locale}-${name}.png`, fullPage: true });
  };
  await tab.goto('/directory');
  await judge('page');
  await tab.fill('#f-username', 'alice');
  await Promise.all([tab.waitForURL('/directory/try'), tab.keyboard.press('Enter')]);
  await judge('try');
  await Promise.all([
    tab.waitForURL('/directory/test'),
    tab.locator('form[action="/directory/test"] button').click(),
  ]);
  await judge('test');
  await tab.goto('/people');
  await judge('people');
  expect(found).toEqual([]);
  expect(errors).toEqual([]);
  await visitor.close();
  await listener.close();
});
