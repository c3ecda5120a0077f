import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as environments from '../../src/store/environments.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as questions from '../../src/store/questions.ts';
import { type Town, town } from './people.ts';
import { answering, hostFields, placeOf, settingFields, titled } from './setup-forms.ts';

let t: Town;
beforeAll(async () => {
  t = await town();
  await environments.add(t.db, { name: 'test', production: false, position: 1, settings: { sshPort: 2200 } });
});
afterAll(() => t.end());

const fingerprint = `SHA256:${'a'.repeat(43)}`;
const other = `SHA256:${'b'.repeat(43)}`;

test('[S82] an admin adds a host, accepts the key shown, sees each setting tried and takes its hostname', async () => {
  const added = await t.admin.post('/hosts', hostFields({ address: 'Web-1.example.com.' }), '/hosts/new');
  expect(added.status).toBe(303);
  const [host] = await hosts.all(t.db);
  expect(host).toMatchObject({ name: 'web-1.example.com', address: 'web-1.example.com', hostKey: null });
  expect((await t.admin.get(placeOf(added))).text).toContain('for its key');
  const asked = await answering(t.db, { key: 'AAAA', fingerprint, algorithm: 'ssh-ed25519' });
  expect(asked).toMatchObject({ kind: 'host-key', args: { address: 'web-1.example.com', port: 2200 } });
  expect((await t.admin.get(placeOf(added))).text).toContain(fingerprint);

  const key = placeOf(added).split('?')[0]!;
  const pinned = await t.admin.post(key, { fingerprint, environment: 'test' });
  expect(pinned.status).toBe(303);
  expect(await hosts.byId(t.db, host!.id)).toMatchObject({ hostKey: 'AAAA', hostKeyPinnedBy: 'admin' });
  const tested = await answering(t.db, {
    hostname: 'Real-Name',
    checks: [
      { name: 'ssh', ok: true, detail: 'deploy@web', remedy: '' },
      { name: 'log_path', ok: false, detail: 'missing', remedy: 'log_path_bad' },
    ],
  });
  expect(tested).toMatchObject({ kind: 'host-test', args: { hostKey: 'AAAA', settings: { sshPort: 2200 } } });
  const shown = await t.admin.get(placeOf(pinned));
  expect(shown.text).toContain('Make the folder on the machine');
  expect(shown.text).toContain('It does not exist.');
});

test('a host without a name gets the one that its machine tells', async () => {
  const added = await t.admin.post('/hosts', hostFields({ address: '10.1.0.2' }), '/hosts/new');
  const host = await hosts.byName(t.db, '10.1.0.2');
  await answering(t.db, { key: 'BBBB', fingerprint, algorithm: 'ssh-ed25519' });
  const key = placeOf(added).split('?')[0]!;
  const place = placeOf(await t.admin.post(key, { fingerprint, environment: 'test' }));
  await answering(t.db, { hostname: 'Shop-2', checks: [] });
  expect((await t.admin.get(place)).text).toContain('Name it shop-2 here too');
  await t.admin.post(`${place}/name`);
  expect(await hosts.byId(t.db, host!.id)).toMatchObject({ name: 'shop-2', hostKey: 'BBBB' });
});

test('while the answer is awaited htmx gets the fragment alone, which asks again', async () => {
  const host = await hosts.add(t.db, { name: 'slow', address: '10.1.0.3', settings: {}, notes: null });
  const place = placeOf(await t.admin.post(`/hosts/${host.id}/key`, { environment: 'test' }));
  const fragment = await t.admin.get(place).set('HX-Request', 'true').expect(200);
  expect(fragment.text).not.toContain('<html');
  expect(fragment.text).toContain(`hx-get="${place}"`);
  const [question] = await questions.claim(t.db, 'w', 1);
  await questions.fail(t.db, question!.id, {
    code: 'ssh_unreachable',
    detail: { host: 'slow', address: '10.1.0.3', reason: 'silence' },
  });
  expect((await t.admin.get(place)).text).toContain('cannot be reached: silence');
});

test('[S83] a host that shows another key is marked on its page', async () => {
  const host = await hosts.add(t.db, { name: 'other-key', address: '10.1.0.44', settings: {}, notes: null });
  expect((await t.admin.get(`/hosts/${host.id}`)).text).not.toContain('KEY CHANGED');
  const seen = {
    reachable: 'unknown',
    supervisor: 'unknown',
    message: 'ssh_host-key',
    checked_at: Date.now(),
  };
  await t.db('host_states').insert({ host_id: host.id, ...seen });
  expect((await t.admin.get(`/hosts/${host.id}`)).text).toContain('KEY CHANGED');
});

test('[S83] another key in place of the accepted one takes a reason, and the form cannot name a third one', async () => {
  const host = await hosts.add(t.db, { name: 'moved', address: '10.1.0.4', settings: {}, notes: null });
  await hosts.pin(t.db, host.id, { key: 'OLD', fingerprint, by: 'amy' });
  const place = placeOf(await t.admin.post(`/hosts/${host.id}/key`, { environment: '' }));
  await answering(t.db, { key: 'NEW', fingerprint: other, algorithm: 'ssh-ed25519' });
  expect((await t.admin.get(place)).text).toContain('This is not the accepted key.');
  const key = place.split('?')[0]!;
  const bare = await t.admin.post(key, { fingerprint: other, environment: '', reason: '' });
  expect(bare.status).toBe(422);
  const third = await t.admin.post(key, {
    fingerprint: `SHA256:${'c'.repeat(43)}`,
    environment: '',
    reason: 'x',
  });
  expect(third.status).toBe(422);
  expect((await hosts.byId(t.db, host.id))?.hostKey).toBe('OLD');
  await t.admin.post(key, { fingerprint: other, environment: '', reason: 'reinstalled' });
  expect((await hosts.byId(t.db, host.id))?.hostKey).toBe('NEW');
  const row = await t
    .db('audit')
    .where({ action: 'host.pin', result: 'ok', object: `host:${host.id}` })
    .first();
  expect(row).toMatchObject({ actor: 'admin', reason: 'reinstalled' });
  expect(JSON.parse(row.before)).toEqual({ fingerprint });
});

test('the answer to a question about one host says nothing on the page of another', async () => {
  const [one, two] = [
    await hosts.add(t.db, { name: 'q1', address: '10.1.0.5', settings: {}, notes: null }),
    await hosts.add(t.db, { name: 'q2', address: '10.1.0.6', settings: {}, notes: null }),
  ];
  const place = placeOf(await t.admin.post(`/hosts/${one.id}/key`, { environment: '' }));
  await answering(t.db, { key: 'K', fingerprint, algorithm: 'ssh-ed25519' });
  await t.admin.get(place.replace(one.id, two.id)).expect(404);
});

test('supervisor passwords are sealed, kept, forgotten, and never shown', async () => {
  const host = await hosts.add(t.db, { name: 'pw', address: '10.1.0.7', settings: {}, notes: null });
  const save = (over: Record<string, string>) =>
    t.admin.post(`/hosts/${host.id}`, { address: '10.1.0.7', name: 'pw', notes: '', ...settingFields(over) });
  await save({ supervisorPassword: 'canary-secret' });
  const sealed = (await hosts.byId(t.db, host.id))?.settings.supervisorPassword ?? '';
  expect(t.vault.open(sealed)).toBe('canary-secret');
  await save({ sshUser: 'app' });
  expect((await hosts.byId(t.db, host.id))?.settings).toEqual({ sshUser: 'app', supervisorPassword: sealed });
  for (const path of [`/hosts/${host.id}`, `/hosts/${host.id}/edit`]) {
    const page = await t.admin.get(path).expect(200);
    expect(page.text).not.toContain('canary-secret');
    expect(page.text).not.toContain(sealed);
  }
  await save({ sshUser: 'app', forgetPassword: 'on' });
  expect((await hosts.byId(t.db, host.id))?.settings).toEqual({ sshUser: 'app' });
  const rows = JSON.stringify(await t.db('audit').where({ object: `host:${host.id}` }));
  expect(rows).not.toContain('canary-secret');
  expect(rows).not.toContain(sealed);
});

describe('[S43] [S44] what is typed about a host is judged at its field', () => {
  test.each(
    [
      ['address', '-oProxyCommand=touch C'],
      ['address', 'a@b'],
      ['address', 'h;id'],
      ['address', '::1%eth0'],
      ['address', '0'],
      ['address', '2130706433'],
      ['address', '127.1'],
      ['address', '127.0.0.1'],
      ['address', 'localhost'],
      ['address', '169.254.169.254'],
      ['address', 'h#'],
      ['address', '['],
      ['address', '$(touch C)'],
      ['address', '`touch C`'],
      ['address', 'a\ntouch C'],
      ['address', '\u{1f600}'],
      ['address', 'a'.repeat(65_536)],
      ['name', '../../etc'],
      ['name', 'a b'],
      ['name', '-rf'],
      ['sshUser', 'root -oProxyCommand=x'],
      ['sshUser', 'root;id'],
      ['sshUser', '-l'],
      ['sshPort', '22;id'],
      ['sshPort', '0'],
      ['sshPort', '65536'],
      ['sshPort', '0x16'],
      ['sshPort', '1e3'],
      ['sshKey', '../id_rsa'],
      ['sshKey', '/etc/passwd'],
      ['hostPath', 'relative'],
      ['hostPath', '/a/../../etc'],
      ['hostPath', '/a b'],
      ['hostPath', '/a;touch C'],
      ['hostPath', '/$(touch C)'],
      ['logPath', '/a\ntouch C'],
      ['supervisorDir', '/a{b,c}'],
      ['supervisorSuffix', '.conf/../x'],
      ['supervisorSocket', '/run/*.sock'],
      ['supervisorctl', 'sudo; id'],
      ['supervisorctl', 'sudo $(id)'],
      ['supervisorctl', "sh -c 'id'"],
      ['supervisorUser', 'a b'],
    ].map((row) => titled(row as [string, string])),
  )('%s %s', async (field, _title, value) => {
    const before = await hosts.all(t.db);
    const form = hostFields({ address: '10.9.9.9', [field]: value });
    const answer = await t.admin.post('/hosts', form, '/hosts/new');
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(new RegExp(`id="f-${field}-note">\\s*<div class="invalid-feedback`));
    expect(await hosts.all(t.db)).toEqual(before);
    const refusal = await t.db('audit').where({ action: 'host.add' }).orderBy('id', 'desc').first();
    expect(refusal).toMatchObject({ result: 'refused', reason: field });
  });
});

test('a field that is not of the form is refused (S32)', async () => {
  const form = hostFields({ address: '10.9.9.8', hostKey: 'mine' });
  expect((await t.admin.post('/hosts', form, '/hosts/new')).status).toBe(400);
  expect(await hosts.byName(t.db, '10.9.9.8')).toBeNull();
});

test('members and outsiders have no business with hosts', async () => {
  const host = await hosts.add(t.db, { name: 'mine', address: '10.1.0.8', settings: {}, notes: null });
  for (const person of [t.member, t.outsider]) {
    for (const path of ['/hosts', `/hosts/${host.id}`, '/keys', '/git-servers', '/environments'])
      await person.get(path).expect(403);
    const posted = await person.post(`/hosts/${host.id}/delete`, {}, '/profile');
    expect(posted.status).toBe(403);
  }
  expect(await hosts.byId(t.db, host.id)).not.toBeNull();
  expect((await t.admin.post(`/hosts/${host.id}/delete`, {}, '/hosts')).status).toBe(303);
  expect(await hosts.byId(t.db, host.id)).toBeNull();
});
