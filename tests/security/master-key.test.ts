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

it('[S67] one bit of a sealed value flipped in the database is an error that is shown, and no deploy', async () => {
  const { env } = await rig.db('projects').where({ id: rig.project.id }).first();
  const [variable] = JSON.parse(env);
  const at = variable.value.length - 20;
  const flipped = variable.value[at] === 'A' ? 'B' : 'A';
  const value = variable.value.slice(0, at) + flipped + variable.value.slice(at + 1);
  await rig
    .db('projects')
    .where({ id: rig.project.id })
    .update({ env: JSON.stringify([{ ...variable, value }]) });
  const before = rig.current(rig.fleet[0]!);
  const worker = rig.startWorker();
  const operation = await rig.run({ kind: 'deploy' }, 'failed');
  await worker.kill('SIGTERM');
  expect(operation.failure?.code).toBe('vault_open');
  expect(rig.current(rig.fleet[0]!)).toBe(before);
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
