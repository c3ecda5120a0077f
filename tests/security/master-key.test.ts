import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { defaultProjectSettings } from '../../src/model/project.ts';
import { CedarCommand } from '../lab/cedar-command.ts';
import { textsOf } from '../lab/dump.ts';
import { Rig } from '../lab/rig.ts';

const secret = 'canary-of-the-master-key';
const fresh = randomBytes(32).toString('base64');
let rig: Rig;

beforeEach(async () => {
  rig = await Rig.start({ hosts: 1 });
  await rig.addProject('vault');
  await rig.changeEnv({ TOKEN: secret }, true);
});

/** The program's own file on the host: what it gets there. */
function onHost(): string {
  const { supervisorDir } = rig.fleet[0]!;
  return readdirSync(supervisorDir)
    .map((name) => readFileSync(join(supervisorDir, name), 'utf8'))
    .join('\n');
}

/** The same row with one bit of what is sealed in a column flipped. */
function flipped(text: string): string {
  const sealed = /v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]+/.exec(text)![0];
  const body = Buffer.from(sealed.split('.')[3]!, 'base64url');
  body[3]! ^= 1;
  return text.replace(sealed, [...sealed.split('.').slice(0, 3), body.toString('base64url')].join('.'));
}

it('[S67] one bit of any sealed value flipped in the database is an error that is shown, and no deploy', async () => {
  const seal = (text: string) => rig.vault.seal(text);
  const { id: projectId } = rig.project;
  const secret = [{ name: 'E', value: seal('canary'), secret: true }];
  await rig.db('environments').update({ env: JSON.stringify(secret) });
  const { settings } = await rig.db('hosts').first('settings');
  const password = { ...JSON.parse(settings), supervisorPassword: seal('canary') };
  const registry = {
    ...defaultProjectSettings.registry,
    ...{
      name: 'consul',
      options: { mode: 'maintenance', agent: 'http://127.0.0.1:1', token: seal('canary') },
    },
  };
  const files = { path: 'key.pem', placed: 'after-build', source: 'text', secret: true, fill: false };
  const columns: [string, string, () => Promise<unknown>][] = [
    ['projects', 'env', async () => null],
    ['environments', 'env', async () => null],
    ['placements', 'env', async () => null],
    ['projects', 'settings', () => rig.change({ registry })],
    ['hosts', 'settings', () => rig.db('hosts').update({ settings: JSON.stringify(password) })],
    [
      ...(['file_texts', 'sealed'] as const),
      async () => {
        await rig
          .db('file_texts')
          .insert({ id: 'T'.repeat(26), project_id: projectId, sealed: seal('x\ny'), created_at: 1 });
        const text = { text_id: 'T'.repeat(26), changed_at: 1, changed_by: 'tester' };
        await rig.db('project_files').insert({ project_id: projectId, ...files, ...text });
      },
    ],
  ];
  const before = rig.current(rig.fleet[0]!);
  const worker = rig.startWorker();
  for (const [table, column, prepare] of columns) {
    await prepare();
    const { [column]: good } = await rig.db(table).first(column);
    await rig.db(table).update({ [column]: flipped(good) });
    const operation = await rig.run({ kind: 'deploy' }, 'failed');
    expect(operation.failure?.code, `${table}.${column}`).toBe('vault_open');
    await rig.db(table).update({ [column]: good });
    if (column === 'settings') await rig.db(table).update({ settings: table === 'hosts' ? settings : good });
    if (column === 'settings' && table === 'projects')
      await rig.change({ registry: defaultProjectSettings.registry });
  }
  const { id } = await rig.launch({ kind: 'deploy' });
  await rig.ended(id);
  await worker.kill('SIGTERM');
  expect(rig.current(rig.fleet[0]!)).not.toBe(before);
  expect((await rig.db('operations').where({ state: 'failed' })).length).toBe(columns.length);
});

it('[S73] the master key is changed while a deploy runs: all is sealed anew, the old key can go', async () => {
  const both = {
    CEDAR_MASTER_KEY: fresh,
    CEDAR_MASTER_KEY_PREVIOUS: rig.env.CEDAR_MASTER_KEY!,
  };
  const gate = join(rig.fleet[0]!.dir, 'gate');
  const command = `: >${gate}.begun; while [ ! -e ${gate} ]; do sleep 0.05; done`;
  await rig.change({ build: { ...defaultProjectSettings.build, command } });
  const worker = rig.startWorker(both);
  const { id } = await rig.launch({ kind: 'deploy' });
  await until('the build runs', () => existsSync(`${gate}.begun`), 60_000);

  const rotation = new CedarCommand({ ...rig.env, ...both }, ['--json', 'keys', 'rotate']);
  expect(await rotation.ended, rotation.stderr).toBe(0);
  const { rows, failed } = JSON.parse(rotation.stdout);
  expect([rows > 2, failed]).toEqual([true, []]);
  writeFileSync(gate, '');
  const operation = await rig.ended(id);
  expect(operation.state, await rig.logOf(id)).toBe('succeeded');
  expect(onHost()).toContain(secret);
  expect((await textsOf(rig.db)).filter((text) => text.includes(`v1.${rig.vault.keyId}.`))).toEqual([]);
  expect(await rig.db('audit').where({ action: 'keys.rotate' }).first()).toMatchObject({ result: 'ok' });

  await worker.kill('SIGTERM');
  const later = rig.startWorker({ CEDAR_MASTER_KEY: fresh });
  expect((await rig.run({ kind: 'restart' })).failure).toBeNull();
  expect((await rig.run({ kind: 'deploy' })).failure).toBeNull();
  await later.kill('SIGTERM');
});
