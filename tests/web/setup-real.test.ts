import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ReleasesFolder } from '../../src/builds/releases-folder.ts';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { Mirrors } from '../../src/git/mirrors.ts';
import { Answerer } from '../../src/questions/answerer.ts';
import { KeyFolder } from '../../src/shells/ssh/keys.ts';
import { SshPool } from '../../src/shells/ssh/pool.ts';
import * as environments from '../../src/store/environments.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import { startFleet } from '../lab/fleet.ts';
import { SampleRepository } from '../lab/sample-app.ts';
import { type Town, town } from './people.ts';
import { hostFields, placeOf, projectFields } from './setup-forms.ts';

let t: Town;
let fleet: FleetHost;
let pool: SshPool;
let answerer: Answerer;
const dir = mkdtempSync(join(tmpdir(), 'cedar-setup-'));
const repository = new SampleRepository();

beforeAll(async () => {
  t = await town({ CEDAR_ALLOW_LOOPBACK_HOSTS: 'true', CEDAR_ALLOW_INSECURE_GIT: 'true' });
  const keys = new KeyFolder(join(dir, 'keys'), t.vault);
  const { line } = await keys.ensure('default');
  fleet = (await startFleet(1, line))[0]!;
  pool = new SshPool({ keys, connectSeconds: 5, idleSeconds: 60, commandSeconds: 20 });
  const mirrors = new Mirrors({
    dir: join(dir, 'git'),
    gitSeconds: 30,
    allowInsecure: true,
    ssh: () => Promise.reject(new Error('no git over ssh here')),
  });
  const means = { db: t.db, pool, mirrors, vault: t.vault, releases: new ReleasesFolder(join(dir, 'kept')) };
  answerer = new Answerer(t.db, means, { worker: 'w', slots: 4, pollSeconds: 0.05 });
  answerer.start();
  await environments.add(t.db, { name: 'test', production: false, position: 0, settings: {} });
});
afterAll(async () => {
  await answerer.stop();
  await pool.close();
  await t.end();
  for (const folder of [dir, repository.dir]) rmSync(folder, { recursive: true, force: true });
});

/** The page of a question once its answer is there. */
async function answered(path: string): Promise<string> {
  let text = '';
  await until('the question is answered', async () => {
    text = (await t.admin.get(path).expect(200)).text;
    return !text.includes('spinner-border');
  });
  return text;
}

function typed(): Record<string, string> {
  const {
    sshUser,
    sshPort,
    hostPath,
    logPath,
    supervisorDir,
    supervisorSuffix,
    supervisorSocket,
    supervisorctl,
  } = fleet.settings();
  const plain = { sshUser, hostPath, logPath, supervisorDir, supervisorSuffix, supervisorSocket };
  return { ...plain, sshPort: String(sshPort), supervisorctl: supervisorctl.join(' ') };
}

test('a real machine is added: its key pinned, each setting found good, its hostname taken', async () => {
  const keyPage = placeOf(await t.admin.post('/hosts', hostFields({ address: fleet.address, ...typed() })));
  const shown = await answered(keyPage);
  const fingerprint = /SHA256:[A-Za-z0-9+/]{43}/.exec(shown)?.[0] ?? '';
  const accepted = await t.admin.post(keyPage.split('?')[0]!, { fingerprint, environment: 'test' });
  const [host] = await hosts.all(t.db);
  expect(host?.hostKey).toBe(fleet.hostKey);
  const tested = await answered(placeOf(accepted));
  expect(tested).not.toContain('does not work');
  expect(tested.match(/ works/g)?.length).toBeGreaterThan(8);
  await t.admin.post(`${placeOf(accepted)}/name`);
  expect((await hosts.byId(t.db, host!.id))?.name).not.toBe(fleet.address);
});

test('a wrong setting is named with what is wrong and how to mend it', async () => {
  const [host] = await hosts.all(t.db);
  const form = {
    address: fleet.address,
    name: host!.name,
    notes: '',
    supervisorUser: '',
    supervisorPassword: '',
  };
  const save = (over: Record<string, string>) =>
    t.admin.post(`/hosts/${host!.id}`, { ...form, sshKey: '', ...typed(), ...over });
  const test = async () =>
    answered(placeOf(await t.admin.post(`/hosts/${host!.id}/test`, { environment: 'test' })));
  await save({ logPath: join(dir, 'nowhere') });
  expect(await test()).toContain('It does not exist.');
  await save({ supervisorSocket: join(dir, 'no.sock') });
  expect(await test()).toContain('There is no such socket');
  await save({ sshUser: 'nobody-here' });
  expect(await test()).toContain('Add the public key of the page Keys');
  await fleet.stopSshd();
  await save({});
  expect(await test()).toMatch(/Does sshd run there|Is the machine on/);
  await fleet.startSshd();
  expect(await test()).not.toContain('does not work');
});

test('a machine that runs the project already is looked at, and what to keep is agreed', async () => {
  const live = join(fleet.hostPath, 'test_till');
  mkdirSync(join(live, 'uploads'), { recursive: true });
  for (const file of ['index.js', 'version', 'mode', 'uploads/a.png', 'local.json'])
    writeFileSync(join(live, file), 'x');
  const [host] = await hosts.all(t.db);
  const project = projectFields({ groupId: t.groupId, gitUrl: repository.url });
  expect((await t.admin.post('/projects', project)).status).toBe(303);
  const { id: projectId } = (await projects.byKey(t.db, 'test_till'))!;
  const placed = await placements.add(t.db, { projectId, hostId: host!.id, processes: 1, env: [] });
  const path = `/projects/test_till/hosts/${placed.id}/adoption`;
  const place = placeOf(await t.admin.post(path, {}));
  const page = await answered(place);
  expect(page).toContain('runs this project already');
  expect([...page.matchAll(/name="keep" value="([^"]+)"/g)].map((match) => match[1])).toEqual([
    'local.json',
    'uploads',
  ]);
  await t.admin.post(place, { keep: ['uploads', 'local.json'] });
  const { id } = (await projects.byKey(t.db, 'test_till'))!;
  expect((await placements.ofProject(t.db, id))[0]?.adoption?.keep).toEqual([
    { path: 'local.json', kind: 'file' },
    { path: 'uploads', kind: 'folder' },
  ]);
});
