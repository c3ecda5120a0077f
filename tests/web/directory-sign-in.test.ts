import { afterAll, beforeAll, expect, test } from 'vitest';
import { noTls, startFakeLdap } from '../lab/fake-ldap.ts';
import { type Script, startScriptedLdap } from '../lab/scripted-ldap.ts';
import { base, bindDn, bindPassword, personLdif, type Slapd, startSlapd } from '../lab/slapd.ts';
import { Browser, password, type Town, town } from './people.ts';

const secret = 'down the rabbit hole';
let slapd: Slapd;
let t: Town;
const settings = (env: Record<string, string>) => ({
  CEDAR_LDAP_BASE: base,
  CEDAR_LDAP_BIND_DN: bindDn,
  CEDAR_LDAP_BIND_PASSWORD: bindPassword,
  ...env,
});

beforeAll(async () => {
  slapd = await startSlapd();
  await slapd.change(personLdif('admin', 'Not the admin', secret));
  await slapd.change(personLdif('\uff4dember', 'Wide', secret));
  t = await town(settings({ CEDAR_LDAP_URL: slapd.secureUrl, CEDAR_LDAP_CA_FILE: slapd.ca }));
});
afterAll(async () => {
  await t.end();
  await slapd.stop();
});

const tryOut = (username: string, word: string, at = t) =>
  new Browser(at.app).post('/sign-in', { username, password: word }, '/sign-in');

test('somebody of the directory signs in; the first time makes the account, later ones keep it up to date', async () => {
  const browser = await new Browser(t.app).signIn('Alice', secret);
  expect((await browser.get('/profile')).text).toContain('its password is changed there');
  await slapd.change(
    `dn: uid=alice,ou=people,${base}\nchangetype: modify\nreplace: cn\ncn: Alice Hargreaves\n`,
  );
  await new Browser(t.app).signIn(' ALICE ', secret);
  const rows = await t.db('users').where({ source: 'ldap' });
  expect(rows).toMatchObject([
    { username: 'alice', display_name: 'Alice Hargreaves', role: 'user', password_hash: null },
  ]);
  expect((await tryOut('alice', 'wrong')).status).toBe(401);
});

test('nobody of the directory gets a password here', async () => {
  const browser = await new Browser(t.app).signIn('alice', secret);
  const form = { current: secret, password: 'a brand new password', again: 'a brand new password' };
  expect((await browser.post('/profile/password', form)).status).toBe(422);
  const { id } = await t.db('users').where({ username: 'alice' }).first('id');
  const { current: _current, ...reset } = form;
  expect((await t.admin.post(`/people/${id}/password`, reset)).status).toBe(422);
  expect((await t.db('users').where({ id }).first()).password_hash).toBeNull();
});

test.each(['admin', 'ADMIN', 'Admin ', '\uff41dmin', 'adm\u200bin', '\uff2d\uff45mber'])(
  '[S3] %j of the directory never becomes a local account, nor a second one',
  async (name) => {
    const before = await t.db('users').count({ n: '*' }).first();
    expect((await tryOut(name, secret)).status).toBe(401);
    expect(await t.db('users').count({ n: '*' }).first()).toEqual(before);
    expect((await tryOut('admin', password)).status).toBe(303);
  },
);

test('[S3] a name of the directory that only looks like a local one is refused when the directory returns it', async () => {
  const names = {
    CEDAR_LDAP_USERNAME_ATTRIBUTE: 'sn',
    CEDAR_LDAP_URL: slapd.secureUrl,
    CEDAR_LDAP_CA_FILE: slapd.ca,
  };
  const other = await town(settings(names));
  await slapd.change(personLdif('dodgson', '\uff21dmin', secret));
  expect((await tryOut('dodgson', secret, other)).status).toBe(401);
  expect(await other.db('users').where({ source: 'ldap' })).toEqual([]);
  await other.end();
});

const evil = { uid: 'dinah', cn: 'Dinah' };
const there = `uid=dinah,ou=people,${base}`;
const outside = 'uid=dinah,dc=evil,dc=example';
test.each<[string, Script, string[]]>([
  [
    'two entries',
    { entries: [there, `uid=dinah,ou=others,${base}`].map((dn) => ({ dn, attributes: evil })) },
    [],
  ],
  ['an entry outside the base', { entries: [{ dn: outside, attributes: evil }] }, []],
  ['a referral', { entries: [], referred: true }, []],
  ['the one right entry', { entries: [{ dn: there, attributes: evil }] }, [there]],
])('[S4] %s: who is let in, and as whom is bound', async (_name, script, bound) => {
  const scripted = await startScriptedLdap(script);
  const plain = {
    CEDAR_LDAP_URL: scripted.url,
    CEDAR_LDAP_ALLOW_PLAIN: 'true',
    CEDAR_LDAP_ID_ATTRIBUTE: 'uid',
  };
  const other = await town(settings(plain));
  expect((await tryOut('dinah', secret, other)).status).toBe(bound.length > 0 ? 303 : 401);
  expect(scripted.binds()).toEqual([bindDn, ...bound]);
  expect(await other.db('users').where({ source: 'ldap' })).toHaveLength(bound.length);
  await Promise.all([other.end(), scripted.stop()]);
});

test.each(['', ' ', '\0'])('[S1] with the password %j nothing is sent to the directory', async (word) => {
  const fake = await startFakeLdap(() => null);
  const other = await town(settings({ CEDAR_LDAP_URL: fake.url, CEDAR_LDAP_ALLOW_PLAIN: 'true' }));
  expect((await tryOut('alice', word, other)).status).toBe(401);
  expect(fake.connections()).toBe(0);
  await Promise.all([other.end(), fake.stop()]);
});

/** Nobody of the directory comes in, soon; the admin does, and pages are served meanwhile. */
async function away(url: string, env: Record<string, string>): Promise<void> {
  const other = await town(settings({ CEDAR_LDAP_URL: url, ...env }));
  await other.db('users').where({ username: 'outsider' }).update({ source: 'ldap', directory_id: 'x' });
  const began = performance.now();
  const waiting = tryOut('outsider', password, other).then((answer) => ({ answer, at: performance.now() }));
  expect((await other.nobody.get('/sign-in')).status).toBe(200);
  expect((await tryOut('admin', password, other)).status).toBe(303);
  const { answer, at } = await waiting;
  expect(at - began).toBeLessThan(5000);
  expect(answer.status).toBe(503);
  expect(answer.text).toContain('The directory does not answer');
  const refused = { object: 'user:outsider', reason: 'directory_away' };
  expect(await other.db('audit').where(refused)).toHaveLength(1);
  expect((await other.admin.get('/people')).status).toBe(200);
  await other.end();
}

test('[S5] a directory that hangs lets nobody in and holds nobody up', async () => {
  const fake = await startFakeLdap(() => null);
  await away(fake.url, { CEDAR_LDAP_ALLOW_PLAIN: 'true' });
  await fake.stop();
});

test('[S5] a password is never sent where StartTLS is taken away', async () => {
  const fake = await startFakeLdap(noTls);
  await away(fake.url, { CEDAR_LDAP_STARTTLS: 'true' });
  expect(fake.received()).toContain('1.3.6.1.4.1.1466.20037');
  expect(fake.received()).not.toContain(bindPassword);
  await fake.stop();
});

test('[S5] a directory that is down lets nobody in and holds nobody up', async () => {
  await away('ldaps://127.0.0.1:1', {});
});

test('[S5] a directory that shows the certificate of another authority lets nobody in', async () => {
  await away(slapd.secureUrl, { CEDAR_LDAP_CA_FILE: slapd.otherCa });
});

test('[S5] an account of the directory stays out where the directory is not set any more', async () => {
  await new Browser(t.app).signIn('alice', secret);
  const { id } = await t.db('users').where({ username: 'alice' }).first('id');
  const hash = (await t.db('users').where({ username: 'admin' }).first('password_hash')).password_hash;
  const { app } = t;
  const { directory } = app.locals;
  app.locals.directory = null;
  await t.db('users').where({ id }).update({ password_hash: hash });
  expect((await tryOut('alice', password)).status).toBe(401);
  await t.db('users').where({ id }).update({ password_hash: null });
  app.locals.directory = directory;
});
