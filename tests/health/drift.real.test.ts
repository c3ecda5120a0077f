import { appendFileSync, lutimesSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashPassword } from '../../src/auth/password.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { Facts } from '../../src/health/facts.ts';
import { KeyFolder } from '../../src/shells/ssh/keys.ts';
import { SshPool } from '../../src/shells/ssh/pool.ts';
import * as operations from '../../src/store/operations.ts';
import { Console } from '../deploy/console.ts';
import { Rig } from '../lab/rig.ts';
import { Browser, password } from '../web/people.ts';

let rig: Rig;
let pool: SshPool;
const named: Record<'first' | 'second', string> = { first: '', second: '' };

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  const keys = new KeyFolder(join(rig.env.CEDAR_DATA_DIR!, 'keys'), rig.vault);
  pool = new SshPool({ keys, connectSeconds: 5, idleSeconds: 60, commandSeconds: 30 });
  rig.startWorker();
  await rig.addProject('drifting');
  named.first = (await rig.run({ kind: 'deploy' })).releaseId!;
  rig.repository.commit('v2', {});
  named.second = (await rig.run({ kind: 'deploy' })).releaseId!;
});
afterAll(() => pool.close());

/** Gathers at once, whenever that was done last; gives what differs. */
async function found() {
  await rig.db('host_facts').update({ next_at: 0 });
  const facts = new Facts({ db: rig.db, pool, vault: rig.vault, deadlineMs: 10_000, intervalMs: 60_000 });
  await facts.pass();
  const rows = await rig.db('drifts').orderBy('what');
  return rows.map(({ what, item, detail }) => ({ what, item, detail: JSON.parse(detail) }));
}

const link = () => join(rig.fleet[0]!.hostPath, rig.project.key);
const file = () => {
  const { supervisorDir, supervisorSuffix } = rig.fleet[0]!.settings();
  return `${supervisorDir}/${rig.project.key}${supervisorSuffix}`;
};

test('what operations left is as it should be, with disks and clock', async () => {
  expect(await found()).toEqual([]);
  const [host] = await rig.db('host_facts');
  expect(host).toMatchObject({ message: null });
  expect(Number(host.checked_at)).toBeGreaterThan(0);
  expect(Math.abs(Number(host.clock_ms))).toBeLessThan(1000);
  expect(JSON.parse(host.disks)).toMatchObject([{ path: rig.fleet[0]!.hostPath }, {}]);
  const [place] = await rig.db('placement_facts');
  expect(place).toMatchObject({ link: 'ours', folder: named.second });
  expect(place.configuration).toMatch(/^[0-9a-f]{64}$/);
});

test('a link moved by hand, an edited file and a process older than its release are found', async () => {
  rmSync(link());
  symlinkSync(`.cedar/${rig.project.key}/releases/${named.first}`, link());
  lutimesSync(link(), new Date(), new Date(Date.now() + 60_000));
  appendFileSync(file(), '; by hand\n');
  expect(await found()).toEqual([
    { what: 'configuration', item: '', detail: { gone: false } },
    {
      what: 'process',
      item: expect.stringContaining(rig.project.key),
      detail: { seconds: expect.any(Number) },
    },
    { what: 'release', item: '', detail: { link: 'ours', runs: named.first, should: named.second } },
  ]);
});

test('the page puts each of them right by an operation, and they are gone', async () => {
  const console = await Console.over(rig);
  await rig
    .db('users')
    .where({ username: 'root' })
    .update({ password_hash: await hashPassword(password) });
  const root = await new Browser(console.app()).signIn('root');
  const [placement] = await rig.placements();
  /** As a person would: from the list by the plan to the button. */
  const putRight = async (what: string) => {
    expect((await root.get('/drift')).text).toContain(`/drift/${placement!.id}/${what}/look`);
    const path = `/drift/${placement!.id}/${what}`;
    const { text } = await root.get(path);
    const decided = /name="decided" value="(\w+)"/.exec(text)?.[1] ?? '';
    const key = /name="idempotencyKey" value="(\w+)"/.exec(text)?.[1] ?? '';
    const started = await root.post(path, { idempotencyKey: key, decided }, path);
    const id = started.headers.location?.split('/').at(-1) ?? '';
    expect(await rig.ended(id)).toMatchObject({ state: 'succeeded' });
    await until('what it changed is to be found again', async () => (await rig.db('drifts')).length === 0);
    return operations.byId(rig.db, id);
  };
  expect(await putRight('configuration')).toMatchObject({ kind: 'push-configuration' });
  expect((await found()).map(({ what }) => what)).toEqual(['process', 'release']);
  expect(await putRight('release')).toMatchObject({ kind: 'rollback', releaseId: named.second });
  expect(await found()).toEqual([]);
  expect(rig.current(rig.fleet[0]!)).toBe(named.second);
  lutimesSync(link(), new Date(), new Date(Date.now() + 1000));
  expect((await found()).map(({ what }) => what)).toEqual(['process']);
  const moved = new Date(Date.now() - 60_000);
  expect(await putRight('process')).toMatchObject({ kind: 'restart' });
  lutimesSync(link(), moved, moved);
  expect(await found()).toEqual([]);
}, 120_000);
