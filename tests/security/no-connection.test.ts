import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { beforeAll, expect, test } from 'vitest';
import * as placements from '../../src/store/placements.ts';
import { Rig } from '../lab/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
  await rig.addProject('shop');
  const [, away] = await rig.placements();
  await placements.remove(rig.db, away!.id);
  rig.startWorker();
});

/** All that the sshd of a host has ever said: who comes, signs in, or goes without. */
const said = (at: number) => readFileSync(join(rig.fleet[at]!.sshd.dir, 'sshd.log'), 'utf8').length;

test('[S25] hosts of others, strangers, none and ten thousand: no sshd sees a connection', async () => {
  const [own, others] = rig.hostIds as [string, string];
  const many = Array.from({ length: 10_001 }, () => ulid());
  const [first, second] = [said(0), said(1)];
  for (const hostIds of [
    [others],
    [own, others],
    [rig.fleet[1]!.address],
    ['192.0.2.77'],
    [ulid()],
    [],
    many,
  ])
    await expect(rig.launch({ kind: 'deploy', hostIds }), hostIds.slice(0, 2).join()).rejects.toThrow();
  expect(await rig.db('operations').first()).toBeUndefined();
  expect([said(0), said(1)]).toEqual([first, second]);
  await rig.run({ kind: 'deploy', hostIds: [own] });
  expect(said(0), 'the log tells of who comes').toBeGreaterThan(first);
  expect(said(1)).toBe(second);
}, 60_000);
