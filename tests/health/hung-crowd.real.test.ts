import { rm } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { Sweep } from '../../src/health/sweep.ts';
import type { Target } from '../../src/shells/ssh/target.ts';
import { hostStates } from '../../src/store/host-states.ts';
import * as hosts from '../../src/store/hosts.ts';
import { record } from '../../src/store/looks.ts';
import * as placements from '../../src/store/placements.ts';
import { freshDatabase } from '../lab/database.ts';
import { startSshd } from '../lab/sshd.ts';
import { newKeys, newPool } from '../shells/ssh/lab.ts';
import { addProject, ground } from '../store/inventory.ts';
import { vault } from '../supervisor/snapshots.ts';
import { hungMachine } from './hung-machine.ts';

const HOUR = 3_600_000;

describe('more machines hang than are looked at at the same time', async () => {
  const keys = await newKeys();
  const pool = newPool(keys);
  const authorizedKeys = [(await keys.public('default')).line];
  const machines = await Promise.all(Array.from({ length: 5 }, () => startSshd({ authorizedKeys })));
  const [stopped, ...answering] = machines as [(typeof machines)[0], ...typeof machines];
  process.kill(stopped.pid, 'SIGSTOP');
  const { db } = await freshDatabase();
  const { groupId } = await ground(db);
  const site = await addProject(db, groupId, { name: 'site', type: 'static', port: null });
  const hung = [await placed('a-stopped', stopped.target)];
  while (hung.length < 6)
    hung.push(await placed(`a-hung-${hung.length}`, { ...stopped.target, port: await hungMachine() }));
  const well: string[] = [];
  for (const { target } of answering) well.push(await placed(`b-well-${well.length}`, target));
  const sweep = new Sweep({ db, pool, vault, deadlineMs: 3000, intervalMs: 30_000, atOnce: 4 });
  afterAll(async () => {
    await sweep.stop();
    process.kill(stopped.pid, 'SIGCONT');
    await pool.close();
    await Promise.all(machines.map((machine) => machine.stop()));
    await rm(keys.dir, { recursive: true, force: true });
  });

  async function placed(name: string, { address, port, user, hostKey }: Target): Promise<string> {
    const settings = { sshPort: port, sshUser: user };
    const { id } = await hosts.add(db, { name, address, settings, notes: null });
    await hosts.pin(db, id, { key: hostKey, fingerprint: 'SHA256:x', by: 'alice' });
    await placements.add(db, { projectId: site.id, hostId: id, processes: 1, env: [] });
    return id;
  }

  const since = async (begun: number, ids: string[]) => {
    const seen = await hostStates(db, HOUR);
    return ids.filter((id) => (seen.get(id)?.checkedAt ?? 0) > begun);
  };

  /** Which of those that hang were seen before all that are well were. */
  async function seenFirst(): Promise<string[]> {
    await db('host_states').update({ next_at: 0 });
    const begun = Date.now();
    await sweep.pass();
    await until('all that are well were seen', async () => (await since(begun, well)).length === 4);
    const first = await since(begun, hung);
    await sweep.settled();
    expect(await since(begun, hung), 'they are looked at all the same').toHaveLength(6);
    return first;
  }

  test('those that are well do not wait for any of them: with the first sweep, and the next', async () => {
    const away = { reachable: 'no', supervisor: 'unknown', message: 'ssh_deadline' } as const;
    const before = hung.map((hostId) => ({ hostId, host: away, placements: [] }));
    await record(db, before, HOUR);
    expect(await seenFirst()).toEqual([]);
    expect(await seenFirst()).toEqual([]);
  });

  test('one that answers again is well with its next look', async () => {
    process.kill(stopped.pid, 'SIGCONT');
    await seenFirst();
    expect((await hostStates(db, HOUR)).get(hung[0]!)).toMatchObject({ reachable: 'yes', message: null });
  });
});
