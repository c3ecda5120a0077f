import { beforeAll, describe, expect, it } from 'vitest';
import { Rig } from '../lab/rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await Rig.start();
  await rig.addProject('shop', { build: build('echo built > artifact') });
  rig.startWorker();
});

function build(command: string) {
  return { command, timeoutSeconds: 60, idleSeconds: 30, repeatable: false, output: '' };
}

describe('the main job', () => {
  it('deploys a commit to two hosts, updates it, and goes back', async () => {
    const first = await rig.run({ kind: 'deploy' });
    for (const host of rig.fleet) {
      expect(await rig.version(host)).toBe('v1');
      expect(rig.current(host)).toBe(first.releaseId);
      expect(rig.starts(host)).toHaveLength(1);
    }
    rig.repository.commit('v2', {});
    const second = await rig.run({ kind: 'deploy' });
    for (const host of rig.fleet) {
      expect(await rig.version(host)).toBe('v2');
      expect(rig.starts(host)).toHaveLength(2);
    }
    if (process.env.CEDAR_TIMELINE) console.log(await rig.timeline(second.id));
    expect(second.releaseId).not.toBe(first.releaseId);
    await rig.run({ kind: 'rollback', releaseId: first.releaseId });
    for (const host of rig.fleet) {
      expect(await rig.version(host)).toBe('v1');
      expect(rig.starts(host)).toHaveLength(3);
    }
  });
});
