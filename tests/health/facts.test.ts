import { expect, test } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { Facts } from '../../src/health/facts.ts';
import { readFacts } from '../../src/health/read-facts.ts';
import type { ExecResult } from '../../src/shells/ssh/exec.ts';
import { KeyFolder } from '../../src/shells/ssh/keys.ts';
import { SshPool } from '../../src/shells/ssh/pool.ts';
import { SshError } from '../../src/shells/ssh/ssh-error.ts';
import type { Target } from '../../src/shells/ssh/target.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import { freshDatabase } from '../lab/database.ts';
import { addHost, addProject, ground } from '../store/inventory.ts';
import { vault } from '../supervisor/snapshots.ts';

/** Machines that tell their facts at once, but for those that hang until they are let go. */
class Played extends SshPool {
  readonly asked: string[] = [];
  readonly #hanging = new Map<string, (error: Error) => void>();

  constructor(hanging: string[]) {
    const keys = new KeyFolder('nowhere', vault);
    super({ keys, connectSeconds: 1, idleSeconds: 1, commandSeconds: 1 });
    for (const name of hanging) this.#hanging.set(name, () => undefined);
  }

  override async exec(target: Target, argv: string[]): Promise<ExecResult> {
    this.asked.push(target.name);
    const nonce = argv[4];
    if (this.#hanging.has(target.name))
      await new Promise((_, reject) => this.#hanging.set(target.name, reject));
    const stdout = `${nonce} now=${Date.now()}\n${nonce} disk=90 10 /\n${nonce} disk=90 10 /\n${nonce} project=${argv[7]}\n`;
    return { code: 0, signal: null, stdout, stderr: '', truncated: false };
  }

  letGo(): void {
    for (const [name, reject] of this.#hanging)
      reject(new SshError('deadline', { name, address: '10.0.0.1', port: 22 }, new Error('too slow')));
  }
}

test('a machine that hangs holds up no other, is not asked twice, and processes share the rest', async () => {
  const { db } = await freshDatabase();
  const { groupId } = await ground(db);
  const project = await addProject(db, groupId, { name: 'site', type: 'static', port: null });
  for (const [index, name] of ['hung', 'one', 'two'].entries()) {
    const { id } = await addHost(db, name, `10.0.0.${index + 1}`);
    await hosts.pin(db, id, { key: `K${index}`, fingerprint: 'SHA256:x', by: 'alice' });
    await placements.add(db, { projectId: project.id, hostId: id, processes: 1, env: [] });
  }
  const pool = new Played(['hung']);
  const make = () => new Facts({ db, pool, vault, deadlineMs: 1000, intervalMs: 60_000 });
  const [facts, second] = [make(), make()];
  const passing = facts.pass();
  expect(facts.pass(), 'passes never overlap').toBe(passing);
  const known = async () => (await db('host_facts').whereNotNull('checked_at')).length;
  await until('what came is kept', async () => (await known()) === 2);
  await second.pass();
  expect(pool.asked.sort(), 'each once, by one of them').toEqual(['hung', 'one', 'two']);
  pool.letGo();
  await passing;
  const rows = await db('host_facts as f').join('hosts as h', 'h.id', 'f.host_id').orderBy('h.name');
  expect(rows.map((row) => [row.message, row.disk_percent])).toEqual([
    ['ssh_deadline', null],
    [null, 90],
    [null, 90],
  ]);
  await Promise.all([facts.stop(), second.stop(), pool.close()]);
});

test('machines that are due again are found without reading an inventory that did not change', async () => {
  const { db } = await freshDatabase();
  const { groupId } = await ground(db);
  const project = await addProject(db, groupId, { name: 'site', type: 'static', port: null });
  const { id } = await addHost(db, 'one', '10.0.0.1');
  await hosts.pin(db, id, { key: 'K', fingerprint: 'SHA256:x', by: 'alice' });
  await placements.add(db, { projectId: project.id, hostId: id, processes: 1, env: [] });
  let read = 0;
  db.on('query', ({ sql }: { sql: string }) => {
    if (/^select \* from .environments/.test(sql)) read += 1;
  });
  const pool = new Played([]);
  const facts = new Facts({ db, pool, vault, deadlineMs: 1000, intervalMs: 60_000 });
  for (let pass = 0; pass < 3; pass++) {
    await db('host_facts').update({ next_at: 0 });
    await facts.pass();
  }
  expect(pool.asked).toEqual(['one', 'one', 'one']);
  expect(read).toBe(1);
  await Promise.all([facts.stop(), pool.close()]);
});

const told = (text: string, between = { before: 1000, after: 2000 }) =>
  readFacts(text.replaceAll('N ', 'nonce '), 'nonce', ['/srv', '/var/log'], between);

test('a clock is off by what the time of asking does not explain', () => {
  expect(told('N now=1500').host.clockMs).toBe(0);
  expect(told('N now=400').host.clockMs).toBe(-600);
  expect(told('N now=9000').host.clockMs).toBe(7000);
  expect(told('').host.clockMs).toBe(0);
});

test('only lines that carry the nonce count, and only of the shape that the script gives them', () => {
  const { host, places } = told(
    [
      'disk=1 9 /forged',
      'N disk=750 250 /srv disk',
      'N disk=',
      'N project=a',
      'N link=.cedar/a/releases/R1.2',
    ]
      .concat(['N switched=77', 'N config=none', 'N project=b', 'N link=/elsewhere', 'N switched=x'])
      .concat(['N config=$(id)', 'N project=c', 'N plain=yes', 'other project=d'])
      .join('\n'),
  );
  expect(host.disks).toEqual([
    { path: '/srv', mount: '/srv disk', used: 750 * 1024, free: 250 * 1024, percent: 75 },
  ]);
  const nothing = { folder: null, releaseId: null, switchedAt: null, configuration: null };
  expect(Object.fromEntries(places)).toEqual({
    a: { link: 'ours', folder: 'R1.2', releaseId: 'R1', switchedAt: 77, configuration: 'none' },
    b: { ...nothing, link: 'foreign' },
    c: { ...nothing, link: 'plain' },
  });
});
