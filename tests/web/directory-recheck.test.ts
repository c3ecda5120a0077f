import request from 'supertest';
import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Directory } from '../../src/auth/ldap/directory.ts';
import { makeToken } from '../../src/auth/token.ts';
import * as directoryCheck from '../../src/store/directory-check.ts';
import * as tokens from '../../src/store/tokens.ts';
import { Recheck } from '../../src/web/directory/recheck.ts';
import { base, bindDn, bindPassword, personLdif, type Slapd, startSlapd } from '../lab/slapd.ts';
import { Browser, type Town, town } from './people.ts';

const secret = 'down the rabbit hole';
let slapd: Slapd;
let t: Town;
beforeAll(async () => {
  slapd = await startSlapd();
  t = await town({
    CEDAR_LDAP_URL: slapd.secureUrl,
    CEDAR_LDAP_CA_FILE: slapd.ca,
    CEDAR_LDAP_BASE: base,
    CEDAR_LDAP_BIND_DN: bindDn,
    CEDAR_LDAP_BIND_PASSWORD: bindPassword,
    CEDAR_LDAP_ACTIVE_FILTER: '(!(employeeType=left))',
  });
});
afterAll(async () => {
  await t.end();
  await slapd.stop();
});

const recheck = () => new Recheck(t.db, t.app.locals.directory, 10);
const row = (username: string) => t.db('users').where({ username }).first();
/** As if the last yes were eleven minutes ago, and nobody had asked since. */
const later = (username: string) =>
  t
    .db('users')
    .where({ username })
    .update({ directory_checked_at: Date.now() - 660_000, directory_claimed_at: null });
const employee = (uid: string, value: string) =>
  slapd.change(
    `dn: uid=${uid},ou=people,${base}\nchangetype: modify\nreplace: employeeType\nemployeeType: ${value}\n`,
  );

async function arrive(uid: string) {
  await slapd.change(personLdif(uid, uid, secret));
  const browser = await new Browser(t.app).signIn(uid, secret);
  const { text, prefix, hash } = makeToken();
  const { id: userId } = await row(uid);
  const limits = {
    scopes: [],
    reach: { groups: [], projects: [] },
    addresses: [],
    expiresAt: Date.now() + 3_600_000,
  };
  await tokens.add(t.db, { id: ulid(), userId, name: 'robot', prefix, hash, ...limits });
  const call = async () =>
    (await request(t.app).get('/api/v1/projects').set('Authorization', `Bearer ${text}`)).body.code;
  return { page: async () => (await browser.get('/profile')).status, call };
}

test('[S6] who is disabled in the directory loses session and token with the next check, and comes back with it', async () => {
  const { page, call } = await arrive('dormouse');
  await employee('dormouse', 'left');
  await recheck().look();
  expect(await page()).toBe(200);
  expect(await call()).not.toBe('token_owner');
  await later('dormouse');
  await recheck().look();
  expect(await page()).toBe(303);
  expect(await call()).toBe('token_owner');
  expect(await t.db('audit').where({ action: 'user.disable', object: 'user:dormouse' })).toHaveLength(1);
  await employee('dormouse', 'here');
  await new Browser(t.app).signIn('dormouse', secret);
  expect(await row('dormouse')).toMatchObject({ disabled_at: null, disabled_by: null });
});

test('[S6] who is removed from the directory is disabled; who was disabled by an admin does not come back', async () => {
  const { page } = await arrive('hatter');
  await slapd.change(`dn: uid=hatter,ou=people,${base}\nchangetype: delete\n`);
  await later('hatter');
  await recheck().look();
  expect(await page()).toBe(303);
  await arrive('hare');
  const { id } = await row('hare');
  expect((await t.admin.post(`/people/${id}/disable`, {})).status).toBe(303);
  expect(
    (await new Browser(t.app).post('/sign-in', { username: 'hare', password: secret }, '/sign-in')).status,
  ).toBe(401);
});

test('no answer disables nobody, and the console goes on', async () => {
  const { page } = await arrive('duchess');
  await later('duchess');
  await slapd.halt();
  await expect(recheck().look()).rejects.toThrow('directory_away');
  expect(await page()).toBe(200);
  expect(await directoryCheck.last(t.db)).toMatchObject({
    asked: 1,
    why: expect.stringContaining('ECONNREFUSED'),
  });
  await slapd.start();
  await later('duchess');
  await recheck().look();
  expect(Number((await row('duchess')).directory_checked_at)).toBeGreaterThan(Date.now() - 60_000);
});

test('[S6] rights that the console lost disable nobody: they stay, unconfirmed, and others are still asked about', async () => {
  const { page, call } = await arrive('lory');
  const other = await arrive('dodo');
  await later('lory');
  await later('dodo');
  const old = Number((await row('lory')).directory_checked_at);
  const hidden = `access to dn.exact="uid=lory,ou=people,${base}" attrs=uid by * none`;
  await slapd.access(hidden, 'access to * by anonymous auth by * read');
  await recheck().look();
  expect(await row('lory')).toMatchObject({ disabled_at: null, directory_doubt: 'attributes' });
  expect(Number((await row('lory')).directory_checked_at)).toBe(old);
  expect(await page()).toBe(200);
  expect(await call()).not.toBe('token_owner');
  expect(Number((await row('dodo')).directory_checked_at)).toBeGreaterThan(old + 600_000);
  expect(await other.page()).toBe(200);
  expect(await directoryCheck.last(t.db)).toMatchObject({ why: null, unsure: 1, ended: 0 });
  await slapd.access();
  await later('lory');
  await recheck().look();
  expect(await row('lory')).toMatchObject({ disabled_at: null, directory_doubt: null });
});

test('[S6] a console without a name in the directory ends what it cannot confirm; signing in brings it back', async () => {
  const { page, call } = await arrive('gryphon');
  await later('gryphon');
  await slapd.access('access to * by anonymous auth by * read');
  const { settings } = t.app.locals.directory as Directory;
  const userDn = `uid={{username}},ou=people,${base}`;
  const stranger = new Directory({ ...settings, userDn, bindDn: '', bindPassword: '' });
  await new Recheck(t.db, stranger, 10).look();
  expect(await page()).toBe(303);
  expect(await call()).toBe('token_owner');
  t.app.locals.directory = stranger;
  try {
    await new Browser(t.app).signIn('gryphon', secret);
  } finally {
    t.app.locals.directory = new Directory(settings);
    await slapd.access();
  }
  expect(await row('gryphon')).toMatchObject({ disabled_at: null, disabled_by: null });
});

test('of several processes one asks', async () => {
  await arrive('queen');
  await later('queen');
  const before = slapd.log().match(/filter="\(&\(entryUUID=/gi)?.length ?? 0;
  await Promise.all([recheck().look(), recheck().look(), recheck().look()]);
  const after = slapd.log().match(/filter="\(&\(entryUUID=/gi)?.length ?? 0;
  expect(after - before).toBe(1);
});
