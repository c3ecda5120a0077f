import { beforeAll, describe, expect, it } from 'vitest';
import * as releases from '../../src/store/releases.ts';
import { Rig } from '../lab/rig.ts';
import { Newcomer } from './newcomer.ts';
import { build } from './story.ts';

let rig: Rig;
let newcomer: Newcomer;
let good: string;

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  await rig.addProject('shop', { build: build('echo built > artifact') });
  rig.startWorker({ CEDAR_EXPANSION_TRIES: '3', CEDAR_EXPANSION_EVERY_SECONDS: '0.2' });
  newcomer = await Newcomer.start(rig, 'n1');
});

const nothing = { link: false, releases: [], file: false, programs: '' };

describe('an expansion', () => {
  it('is refused while there is no good release', async () => {
    await expect(newcomer.expand()).rejects.toMatchObject({ code: 'no_good_release' });
    good = (await rig.run({ kind: 'deploy' })).releaseId!;
    rig.repository.commit('v2', {});
  });

  it('brings a machine in on the last good release, placed once', async () => {
    const operation = await newcomer.joins({ reason: 'more guests' });
    if (process.env.CEDAR_TIMELINE) console.log(await rig.timeline(operation.id));
    expect(operation).toMatchObject({ kind: 'expansion', releaseId: good, reason: 'more guests' });
    expect(await rig.version(newcomer.machine)).toBe('v1');
    expect(rig.current(newcomer.machine)).toBe(good);
    const { hosts, placements } = await newcomer.rows();
    expect(hosts).toMatchObject([
      { name: 'n1', hostKey: newcomer.machine.hostKey, hostKeyPinnedBy: 'tester' },
    ]);
    expect(placements).toBe(1);
  });

  it('asked again for a machine that is there answers the same success, without a second deploy', async () => {
    const again = await newcomer.expand({ name: null, hostKey: null });
    expect(again.state).toBe('succeeded');
    expect(rig.starts(newcomer.machine)).toHaveLength(1);
    expect((await newcomer.rows()).placements).toBe(1);
  });
});

describe('a reduction', () => {
  it('leaves nothing of the project behind but the host itself', async () => {
    const operation = await newcomer.leaves();
    expect(await newcomer.rows()).toMatchObject({ hosts: [{ name: 'n1' }], placements: 0 });
    expect(await newcomer.traces()).toEqual(nothing);
    await expect(rig.version(newcomer.machine)).rejects.toThrow();
    expect((await newcomer.leaves()).id).toBe(operation.id);
    expect((await releases.byId(rig.db, good))?.state).toBe('kept');
  });
});
