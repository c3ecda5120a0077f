import { afterAll, beforeAll, expect, test } from 'vitest';
import * as environments from '../../src/store/environments.ts';
import * as gitServers from '../../src/store/git-servers.ts';
import * as sshKeys from '../../src/store/ssh-keys.ts';
import { type Town, town } from './people.ts';
import { answering, placeOf, settingFields } from './setup-forms.ts';

let t: Town;
beforeAll(async () => {
  t = await town();
});
afterAll(() => t.end());

const fingerprint = `SHA256:${'g'.repeat(43)}`;

test('[S83] an admin accepts the key of a git server, which another key may follow only with a reason', async () => {
  const server = 'git.example.com:22';
  const look = async (key: string, print: string) => {
    const gitUrl = 'git@git.example.com:team/shop.git';
    const place = placeOf(await t.admin.post('/git-servers', { gitUrl }));
    const asked = await answering(t.db, { server, key, fingerprint: print });
    expect(asked).toMatchObject({ kind: 'git-key', args: { gitUrl } });
    expect((await t.admin.get(place)).text).toContain(print);
    return place;
  };
  const first = await look('ONE', fingerprint);
  expect((await t.admin.post(first, { fingerprint })).status).toBe(303);
  expect(await gitServers.byServer(t.db, server)).toMatchObject({ hostKey: 'ONE', pinnedBy: 'admin' });
  const print = `SHA256:${'h'.repeat(43)}`;
  const second = await look('TWO', print);
  expect((await t.admin.post(second, { fingerprint: print, reason: '' })).status).toBe(422);
  expect((await gitServers.byServer(t.db, server))?.hostKey).toBe('ONE');
  expect((await t.admin.post(second, { fingerprint: print, reason: 'moved' })).status).toBe(303);
  expect((await gitServers.byServer(t.db, server))?.hostKey).toBe('TWO');
  expect((await t.admin.get('/git-servers')).text).toContain(print);
  await t.admin.post('/git-servers/forget', { server });
  expect(await gitServers.byServer(t.db, server)).toBeNull();
});

test.each([
  'https://git.example.com/x.git',
  'git@-oProxyCommand=x:y',
  'ssh://git@127.0.0.1/x',
  'ext::sh -c id',
])('no key is asked for %s', async (gitUrl) => {
  const before = await t.db('questions');
  expect((await t.admin.post('/git-servers', { gitUrl })).status).toBe(422);
  expect(await t.db('questions')).toEqual(before);
});

test('the worker’s public key is there to copy', async () => {
  expect((await t.admin.get('/keys')).text).toContain('No key yet');
  const publicKey = 'ssh-ed25519 AAAAC3Nza cedar';
  await sshKeys.publish(t.db, { name: 'default', publicKey, fingerprint });
  expect((await t.admin.get('/keys')).text).toContain(publicKey);
});

test('environments are added, changed and deleted by admins', async () => {
  const settings = settingFields({ sshUser: 'app', supervisorctl: 'sudo -n supervisorctl' });
  const add = await t.admin.post('/environments', {
    name: 'online',
    production: 'on',
    position: '3',
    ...settings,
  });
  expect(add.status).toBe(303);
  expect(await environments.byName(t.db, 'online')).toMatchObject({
    production: true,
    settings: { sshUser: 'app', supervisorctl: ['sudo', '-n', 'supervisorctl'] },
  });
  for (const name of ['a_b', 'A', '..', 'online', '', 'a'.repeat(25), '$(id)']) {
    const answer = await t.admin.post('/environments', { name, position: '1', ...settings });
    expect(answer.status).toBe(422);
  }
  expect(await environments.all(t.db)).toHaveLength(1);
  await t.admin.post('/environments/online', { position: '4', ...settingFields() });
  expect(await environments.byName(t.db, 'online')).toMatchObject({ production: false, settings: {} });
  const row = await t.db('audit').where({ action: 'environment.change' }).first();
  expect(JSON.parse(row.before)).toMatchObject({ production: true, sshUser: 'app' });
  await t.admin.post('/environments/online/delete', {});
  expect(await environments.all(t.db)).toEqual([]);
});
