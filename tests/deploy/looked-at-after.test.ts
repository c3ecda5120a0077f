import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { flipsOf, forgetFlips } from '../../src/store/flips.ts';
import { Rig } from '../lab/rig.ts';

const MINUTE = 60_000;

let rig: Rig;
let placementId: string;

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  await rig.addProject('shop');
  placementId = (await rig.placements())[0]!.id;
  rig.startWorker({ CEDAR_SWEEP_SECONDS: '600' });
  await operated('deploy');
});

/** Runs an operation and waits for the look of its worker that comes after its end. */
async function operated(kind: 'deploy' | 'restart'): Promise<void> {
  const checkedAt = async () =>
    Number((await rig.db('placement_states').where({ placement_id: placementId }).first())?.checked_at ?? 0);
  const before = await checkedAt();
  await rig.run({ kind });
  await until('its host is looked at', async () => (await checkedAt()) > before);
}

/** The states that the service itself took by an operation, its last look being so long ago. */
async function turnsAfter(age: number): Promise<string[]> {
  await forgetFlips(rig.db, Date.now() + MINUTE);
  for (const table of ['host_states', 'placement_states']) await rig.db(table).decrement('checked_at', age);
  await operated('restart');
  const flips = await flipsOf(rig.db, { placementId, from: 0 });
  return flips.sort((a, b) => a.at - b.at).flatMap(({ processName, to }) => (processName ? [] : [to]));
}

describe('where machines are looked at every ten minutes, an operation', () => {
  it('finds what was seen 25 minutes ago as it was', async () => {
    expect(await turnsAfter(25 * MINUTE)).toEqual([]);
  });

  it('calls the time unknown since what was seen 35 minutes ago was believed no more', async () => {
    expect(await turnsAfter(35 * MINUTE)).toEqual(['unknown', 'running']);
  });
});
