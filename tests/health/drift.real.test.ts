import { appendFileSync, lutimesSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Facts } from '../../src/health/facts.ts';
import { KeyFolder } from '../../src/shells/ssh/keys.ts';
import { SshPool } from '../../src/shells/ssh/pool.ts';
import { Rig } from '../lab/rig.ts';

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
