import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Vault } from '../../src/auth/vault.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { KeyFolder } from '../../src/shells/ssh/keys.ts';
import type { Db } from '../../src/store/database.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import { type DatabaseKind, eachDatabase, freshDatabase } from '../lab/database.ts';
import { startFleet } from '../lab/fleet.ts';
import { program } from '../lab/program.ts';
import { addProject, ground } from '../store/inventory.ts';

const MACHINES = 3;
const INTERVAL = 1000;
/** A machine may be looked at again so early, ms: a process that comes late is no reason for another to wait. */
const EARLIEST = INTERVAL * 0.8;

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** The health program; `complaints` is what it had to say. */
function startHealth(env: Record<string, string>) {
  const own = {
    PATH: process.env.PATH,
    CEDAR_SWEEP_SECONDS: String(INTERVAL / 1000),
    CEDAR_LOG_LEVEL: 'warn',
  };
  const child = spawn(process.execPath, program('health'), { env: { ...own, ...env } });
  running.push(child);
  const one = { complaints: '', kill: () => child.kill('SIGKILL'), ended: once(child, 'exit') };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      one.complaints += chunk;
    });
  return one;
}

/** Real machines with a service each, and a database that notes every look as it is recorded. */
async function machines(kind: DatabaseKind) {
  const { db, env } = await freshDatabase(kind);
  const masterKey = randomBytes(32);
  const vault = new Vault(masterKey);
  const { line } = await new KeyFolder(join(env.CEDAR_DATA_DIR, 'keys'), vault).ensure('default');
  const { groupId } = await ground(db);
  const project = await addProject(db, groupId, { name: 'job', type: 'sh', port: null });
  for (const machine of await startFleet(MACHINES, line)) {
    const { name, address } = machine;
    const { id } = await hosts.add(db, { name, address, settings: machine.settings(), notes: null });
    await hosts.pin(db, id, { key: machine.hostKey, fingerprint: 'SHA256:x', by: 'alice' });
    await placements.add(db, { projectId: project.id, hostId: id, processes: 1, env: [] });
  }
  await noteLooks(db, kind);
  const secrets = {
    CEDAR_MASTER_KEY: masterKey.toString('base64'),
    CEDAR_SESSION_SECRET: randomBytes(32).toString('base64'),
  };
  return { db, env: { ...env, ...secrets } };
}

async function noteLooks(db: Db, kind: DatabaseKind): Promise<void> {
  await db.schema.createTable('noted_looks', (table) => table.string('host_id', 26));
  const note = 'insert into noted_looks (host_id) values (NEW.host_id);';
  const body =
    kind === 'sqlite'
      ? `when NEW.checked_at <> OLD.checked_at begin ${note} end`
      : `begin if NEW.checked_at <> OLD.checked_at then ${note} end if; end`;
  await db.raw(`create trigger noting after update on host_states for each row ${body}`);
}

/** How often each machine was looked at since the notes were begun. */
async function looks(db: Db): Promise<number[]> {
  const rows = await db('noted_looks').groupBy('host_id').count({ n: '*' });
  return rows.map(({ n }) => Number(n));
}

/** Waits until each machine was looked at so often; gives the looks at each, and the most that there may be. */
async function looked(db: Db, times: number): Promise<{ each: number[]; most: number }> {
  const begun = Date.now();
  await db('noted_looks').delete();
  let each: number[] = [];
  const enough = async () => {
    each = await looks(db);
    return each.length === MACHINES && each.every((n) => n >= times);
  };
  await until(`each machine was looked at ${times} times`, enough, 60_000);
  // one look was claimed before it was noted, and one counts at either end
  return { each, most: (Date.now() - begun) / EARLIEST + 2 };
}

eachDatabase((kind) =>
  describe(`two health programs over ${kind}`, () => {
    test('look at each machine once an interval, and one goes on for all when the other is killed', async () => {
      const { db, env } = await machines(kind);
      const reachable = async () =>
        (await db('host_states').where({ reachable: 'yes' })).length === MACHINES &&
        (await db('workers').where({ kind: 'health' })).length === 2;
      const [one, two] = [startHealth(env), startHealth(env)];
      await until('both look', reachable, 60_000);
      const both = await looked(db, 12);
      for (const n of both.each) expect(n).toBeLessThanOrEqual(both.most);

      // whichever of them did more: each is killed once
      one.kill();
      await one.ended;
      const alone = await looked(db, 3);
      for (const n of alone.each) expect(n).toBeLessThanOrEqual(alone.most);
      const heir = startHealth(env);
      await until('the heir has told of itself', async () => (await db('workers')).length === 3, 60_000);
      two.kill();
      await two.ended;
      await looked(db, 3);
      expect([one, two, heir].map(({ complaints }) => complaints)).toEqual(['', '', '']);
    }, 180_000);
  }),
);
