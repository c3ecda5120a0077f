import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as directoryGroups from '../../src/store/directory-groups.ts';
import * as grants from '../../src/store/grants.ts';
import { Recheck } from '../../src/web/directory/recheck.ts';
import { mariadbOfFile } from '../lab/database.ts';
import { base, bindDn, bindPassword, personLdif, type Slapd, startSlapd } from '../lab/slapd.ts';
import { Browser, type Town, town } from './people.ts';

const secret = 'down the rabbit hole';
const groupsBase = `ou=groups,${base}`;
const ops = `cn=ops,${groupsBase}`;
const chiefs = `cn=chiefs,${groupsBase}`;
let slapd: Slapd;
beforeAll(async () => {
  slapd = await startSlapd();
  for (const cn of ['ops', 'chiefs'])
    await slapd.change(
      `dn: cn=${cn},${groupsBase}\nobjectClass: groupOfNames\ncn: ${cn}\nmember: uid=alice,ou=people,${base}\n`,
    );
});
afterAll(() => slapd.stop());

const member = (group: string, uid: string, deed: 'add' | 'delete') =>
  slapd.change(`dn: ${group}\nchangetype: modify\n${deed}: member\nmember: uid=${uid},ou=people,${base}\n`);

describe.each([
  ['memberOf, SQLite', {}, 'sqlite'],
  ['a search for groupOfNames, MariaDB', { CEDAR_LDAP_GROUP_BASE: groupsBase }, 'mariadb'],
] as const)('groups by %s', (_name, env, kind) => {
  let t: Town;
  beforeAll(async () => {
    const url = kind === 'mariadb' ? await (await mariadbOfFile()).createDatabase() : '';
    t = await town({
      CEDAR_LDAP_URL: slapd.secureUrl,
      CEDAR_LDAP_CA_FILE: slapd.ca,
      CEDAR_LDAP_BASE: base,
      CEDAR_LDAP_BIND_DN: bindDn,
      CEDAR_LDAP_BIND_PASSWORD: bindPassword,
      ...env,
      ...(url && { DATABASE_URL: url }),
    });
    const none = { config: false, deploy: false };
    await directoryGroups.add(t.db, { id: ulid(), name: 'Ops', admin: false, groupId: t.groupId, ...none });
    const deploy = { ...none, deploy: true, groupId: t.groupId };
    await directoryGroups.add(t.db, { id: ulid(), name: ops.toUpperCase(), admin: false, ...deploy });
    await directoryGroups.add(t.db, { id: ulid(), name: chiefs, admin: true, groupId: null, ...none });
  });
  afterAll(() => t.end());

  const row = (username: string) => t.db('users').where({ username }).first();
  const held = async (username: string) => grants.ofUser(t.db, (await row(username)).id);
  const notes = (action: string, username: string) =>
    t
      .db('audit')
      .where({ action, object: `user:${username}`, actor: 'directory' })
      .orderBy('id');
  async function look(username: string) {
    const old = { directory_checked_at: Date.now() - 660_000, directory_claimed_at: null };
    await t.db('users').where({ username }).update(old);
    await new Recheck(t.db, t.app.locals.directory, 10).look();
  }
  /** Somebody of the directory who is in these groups; their name is of this database alone. */
  async function arrive(name: string, ...groups: string[]) {
    const uid = `${name}-${kind}`;
    await slapd.change(personLdif(uid, uid, secret));
    for (const group of groups) await member(group, uid, 'add');
    return { uid, browser: await new Browser(t.app).signIn(uid, secret) };
  }

  test('grants are given at sign-in, and taken and given again with the check', async () => {
    const { uid, browser } = await arrive('tweedledee', ops);
    const given = [{ groupId: t.groupId, config: false, deploy: true }];
    expect(await held(uid)).toEqual(given);
    expect((await browser.get(`/groups/${t.groupId}`)).status).toBe(200);
    await member(ops, uid, 'delete');
    await look(uid);
    expect(await held(uid)).toEqual([]);
    expect((await browser.get(`/groups/${t.groupId}`)).status).toBe(404);
    await member(ops, uid, 'add');
    await look(uid);
    expect(await held(uid)).toEqual(given);
    expect((await notes('grant.change', uid)).map(({ before, after }) => [before, after])).toEqual([
      ['[]', JSON.stringify(given)],
      [JSON.stringify(given), '[]'],
      ['[]', JSON.stringify(given)],
    ]);
    expect(await row(uid)).toMatchObject({ disabled_at: null });
  });

  test('what was given by hand stays when the directory takes its own, and the other way round', async () => {
    const { uid } = await arrive('tweedledum', ops);
    const { id } = await row(uid);
    const path = `/people/${id}`;
    expect((await t.admin.get(path)).text).toContain('from the directory');
    const hand = { member: t.groupId, config: t.groupId };
    expect((await t.admin.post(`${path}/grants`, hand)).status).toBe(303);
    expect(await held(uid)).toEqual([{ groupId: t.groupId, config: true, deploy: true }]);
    await member(ops, uid, 'delete');
    await look(uid);
    expect(await held(uid)).toEqual([{ groupId: t.groupId, config: true, deploy: false }]);
    await member(ops, uid, 'add');
    await look(uid);
    expect((await t.admin.post(`${path}/grants`, {})).status).toBe(303);
    expect(await held(uid)).toEqual([{ groupId: t.groupId, config: false, deploy: true }]);
  });

  test('a grant by hand that has ended leaves what the directory gives', async () => {
    const { uid } = await arrive('walrus', ops);
    const { id } = await row(uid);
    const past = { groupId: t.groupId, config: true, deploy: true, until: Date.now() - 1 };
    await grants.give(t.db, id, past);
    expect(await held(uid)).toEqual([{ groupId: t.groupId, config: false, deploy: true }]);
    expect(await grants.byHand(t.db, id)).toEqual([]);
  });

  test('the role is given and taken with the group, and ends sessions; an admin by hand stays one', async () => {
    const { uid, browser } = await arrive('king', chiefs);
    expect((await browser.get('/people')).status).toBe(200);
    await member(chiefs, uid, 'delete');
    await look(uid);
    expect((await browser.get('/people')).status).toBe(303);
    expect(await row(uid)).toMatchObject({ role: 'user', role_by: null });
    expect(await notes('user.role', uid)).toHaveLength(2);
    await t.db('users').where({ username: uid }).update({ role: 'admin' });
    await look(uid);
    expect(await row(uid)).toMatchObject({ role: 'admin', role_by: null });
    await t.db('users').where({ username: uid }).update({ role: 'user' });
    expect(await row('admin')).toMatchObject({ role: 'admin', source: 'local', disabled_at: null });
  });

  test('the last admin stays one, which is told once', async () => {
    const { uid, browser } = await arrive('knave', chiefs);
    await t.db('users').where({ username: 'admin' }).update({ disabled_at: 1 });
    await member(chiefs, uid, 'delete');
    await look(uid);
    await look(uid);
    expect((await browser.get('/people')).status).toBe(200);
    expect(await notes('user.role', uid)).toMatchObject([
      { result: 'ok' },
      { result: 'refused', reason: 'last_admin' },
    ]);
    await t.db('users').where({ username: 'admin' }).update({ disabled_at: null });
    await look(uid);
    expect(await row(uid)).toMatchObject({ role: 'user', role_by: null });
  });

  test('rights that the console lost take nothing', async () => {
    const { uid, browser } = await arrive('cook', ops, chiefs);
    await slapd.access(
      `access to dn.subtree="${groupsBase}" by anonymous auth by * none`,
      'access to attrs=memberOf by * none',
      'access to * by anonymous auth by * read',
    );
    await look(uid);
    await slapd.access();
    expect(await held(uid)).toHaveLength(1);
    expect((await browser.get('/people')).status).toBe(200);
  });

  test('[S6] who is disabled in the directory is out, on this database too', async () => {
    const { uid, browser } = await arrive('oyster', ops);
    await slapd.change(`dn: uid=${uid},ou=people,${base}\nchangetype: delete\n`);
    await look(uid);
    expect((await browser.get('/profile')).status).toBe(303);
    expect(await row(uid)).toMatchObject({ disabled_by: 'directory' });
  });
});
