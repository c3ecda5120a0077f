import { expect, test } from 'vitest';
import * as alarms from '../../src/store/alarms.ts';
import { Fleet } from './fleet.ts';

async function full(fleet: Fleet, percent: number, ageMs = 0): Promise<void> {
  const row = { checked_at: Date.now() - ageMs, disk_percent: percent, disks: '[]', clock_ms: 0 };
  await fleet
    .db('host_facts')
    .insert({ host_id: fleet.hostIds[0]!, ...row })
    .onConflict('host_id')
    .merge();
}

const kinds = async (fleet: Fleet) => (await alarms.open(fleet.db)).map(({ kind }) => kind);

test('a disk is told from 85 % on, urgently from 95 %, and is well again with some room to spare', async () => {
  const fleet = await Fleet.of('sqlite', { hosts: 1, projects: 2 });
  await fleet.look('running');
  await full(fleet, 84);
  expect(await fleet.pass()).toMatchObject({ opened: 0 });
  await full(fleet, 86);
  expect(await fleet.pass()).toMatchObject({ opened: 1, messages: 1 });
  await full(fleet, 83);
  expect(await fleet.pass(), 'not enough room yet').toMatchObject({ ended: 0, open: 1 });
  await full(fleet, 96);
  await fleet.later(180_000);
  expect(await fleet.pass()).toMatchObject({ opened: 1, messages: 1 });
  expect(await kinds(fleet)).toEqual(['disk', 'disk-full']);
  await full(fleet, 93);
  expect(await fleet.pass()).toMatchObject({ ended: 0 });
  await full(fleet, 91);
  expect(await fleet.pass()).toMatchObject({ ended: 1, open: 1 });
  await full(fleet, 81);
  await fleet.later(180_000);
  expect(await fleet.pass()).toMatchObject({ ended: 1, open: 0, messages: 1 });
  const told = await fleet.messages();
  expect(told.map(({ urgent }) => urgent)).toEqual([false, true, false]);
  expect(JSON.stringify(told)).toContain('host-1');
});

test('what is full at once is one alarm, the urgent one', async () => {
  const fleet = await Fleet.of('sqlite', { hosts: 1, projects: 1 });
  await fleet.look('running');
  await full(fleet, 97);
  await fleet.pass();
  expect(await kinds(fleet)).toEqual(['disk-full']);
});

test('nothing is begun or ended by facts that are too old', async () => {
  const fleet = await Fleet.of('sqlite', { hosts: 1, projects: 1 });
  await fleet.look('running');
  await full(fleet, 90, 3_600_000);
  expect(await fleet.pass()).toMatchObject({ opened: 0 });
  await full(fleet, 90);
  expect(await fleet.pass()).toMatchObject({ opened: 1 });
  await full(fleet, 10, 3_600_000);
  expect(await fleet.pass()).toMatchObject({ ended: 0, open: 1 });
});
