import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ReleasesFolder } from '../../src/builds/releases-folder.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { Mirrors } from '../../src/git/mirrors.ts';
import { Answerer } from '../../src/questions/answerer.ts';
import type { KeyFolder } from '../../src/shells/ssh/keys.ts';
import type { SshPool } from '../../src/shells/ssh/pool.ts';
import * as environments from '../../src/store/environments.ts';
import * as hosts from '../../src/store/hosts.ts';
import { newKeys, newPool } from '../shells/ssh/lab.ts';
import { type Town, town } from './people.ts';
import { hostFields, placeOf, settingFields } from './setup-forms.ts';

let t: Town;
let keys: KeyFolder;
let pool: SshPool;
let answerer: Answerer;
let old: OldServer[];
beforeAll(async () => {
  t = await town({ CEDAR_ALLOW_LOOPBACK_HOSTS: 'true' });
  await environments.add(t.db, { name: 'test', production: false, position: 0, settings: {} });
  keys = await newKeys();
  pool = newPool(keys);
  const ssh = () => Promise.reject(new Error('no git over ssh here'));
  const mirrors = new Mirrors({ dir: join(keys.dir, 'git'), gitSeconds: 30, allowInsecure: true, ssh });
  const means = {
    db: t.db,
    pool,
    mirrors,
    vault: t.vault,
    releases: new ReleasesFolder(join(keys.dir, 'kept')),
  };
  answerer = new Answerer(t.db, means, { worker: 'w', slots: 4, pollSeconds: 0.05 });
  answerer.start();
  old = await Promise.all(['127.0.0.1', '127.0.0.2'].map(oldServer));
});
afterAll(async () => {
  await answerer.stop();
  await pool.close();
  for (const one of old) one.server.close();
  await t.end();
  rmSync(keys.dir, { recursive: true });
});

/** A machine whose sshd knows nothing but what is refused; it lets everybody in and says nothing. */
type OldServer = { address: string; port: string; server: ssh2.Server; asked: string[] };

async function oldServer(address: string): Promise<OldServer> {
  const asked: string[] = [];
  const server = new ssh2.Server(
    {
      hostKeys: [ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }).private],
      algorithms: {
        kex: ['diffie-hellman-group1-sha1'],
        serverHostKey: ['ssh-rsa'],
        cipher: ['aes128-cbc'],
        hmac: ['hmac-sha1'],
      },
    },
    (client) => {
      client.on('error', () => client.end());
      client.on('authentication', (attempt) => {
        asked.push(attempt.method);
        attempt.accept();
      });
      client.on('session', (accept) =>
        accept().on('exec', (run) => {
          const channel = run();
          channel.exit(0);
          channel.end();
        }),
      );
    },
  );
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return { address, port: String((server.address() as AddressInfo).port), server, asked };
}

const weakForm = { weakSsh: 'on', weakSshReason: 'until the till is replaced' };
const fieldsOf = ({ address, port }: OldServer, name: string) =>
  ({ address, name, notes: '', ...settingFields({ sshPort: port }) }) as Record<string, string>;

/** The page of a question once its answer is there. */
async function answered(path: string): Promise<string> {
  let text = '';
  await until('the question is answered', async () => {
    text = (await t.admin.get(path).expect(200)).text;
    return !text.includes('spinner-border');
  });
  return text;
}

/** What the page of a host's key shows now. */
async function keyPage(id: string) {
  const place = placeOf(await t.admin.post(`/hosts/${id}/key`, { environment: 'test' }));
  return { place: place.split('?')[0]!, text: await answered(place) };
}

async function tested(id: string): Promise<string> {
  return answered(placeOf(await t.admin.post(`/hosts/${id}/test`, { environment: 'test' })));
}

async function added(server: OldServer, name: string): Promise<string> {
  await t.admin.post('/hosts', { ...hostFields(), ...fieldsOf(server, name) });
  return (await hosts.byName(t.db, name))!.id;
}

test('[S85] a server that offers only old algorithms is refused, but for the one host of an admin\u2019s exception', async () => {
  const [first, second] = [old[0]!, old[1]!];
  const [one, two] = [await added(first, 'one'), await added(second, 'two')];
  for (const id of [one, two]) expect((await keyPage(id)).text).toContain('only outdated ssh algorithms');

  const bare = await t.admin.post(`/hosts/${one}`, {
    ...fieldsOf(first, 'one'),
    weakSsh: 'on',
    weakSshReason: ' ',
  });
  expect(bare.status).toBe(422);
  expect(bare.text).toMatch(/id="f-weakSshReason-note">\s*<div class="invalid-feedback/);
  const form = { ...fieldsOf(first, 'one'), ...weakForm };
  for (const person of [t.member, t.outsider])
    expect((await person.post(`/hosts/${one}`, form)).status).toBe(403);
  expect((await hosts.byId(t.db, one))?.weakSsh).toBeNull();
  expect((await t.admin.get(`/hosts/${one}`)).text).not.toContain('WEAK SSH');

  expect((await t.admin.post(`/hosts/${one}`, form)).status).toBe(303);
  const weakSsh = { reason: weakForm.weakSshReason, by: 'admin', at: expect.any(Number) };
  expect((await hosts.byId(t.db, one))?.weakSsh).toEqual(weakSsh);
  const row = () =>
    t.db('audit').where({ action: 'host.change', result: 'ok' }).orderBy('id', 'desc').first();
  expect(JSON.parse((await row()).before)).toEqual({ weakSsh: null });
  expect(JSON.parse((await row()).after)).toEqual({ weakSsh });
  const shown = (await t.admin.get(`/hosts/${one}`)).text;
  for (const words of ['WEAK SSH', weakForm.weakSshReason]) expect(shown).toContain(words);

  const { place, text } = await keyPage(one);
  const fingerprint = /SHA256:[A-Za-z0-9+/]{43}/.exec(text)?.[0] ?? '';
  const accepted = placeOf(await t.admin.post(place, { fingerprint, environment: 'test' }));
  expect(await answered(accepted)).toContain(`deploy@${first.address}:${first.port}`);
  expect(first.asked).toContain('publickey');

  await hosts.pin(t.db, two, { key: (await hosts.byId(t.db, one))!.hostKey!, fingerprint, by: 'admin' });
  expect((await keyPage(two)).text).toContain('only outdated ssh algorithms');
  expect(await tested(two)).not.toContain(`deploy@${second.address}`);
  expect(second.asked).toEqual([]);

  expect((await t.admin.post(`/hosts/${one}`, fieldsOf(first, 'one'))).status).toBe(303);
  expect(JSON.parse((await row()).before)).toEqual({ weakSsh });
  expect(JSON.parse((await row()).after)).toEqual({ weakSsh: null });
  expect(await tested(one)).not.toContain(`deploy@${first.address}`);
});
