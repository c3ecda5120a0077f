import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostFacts } from '../../src/deploy/host-facts.ts';
import type { HostComparison } from '../../src/model/comparison.ts';
import { decisionHash } from '../../src/model/decision.ts';
import * as locks from '../../src/store/locks.ts';
import * as operationHosts from '../../src/store/operation-hosts.ts';
import { snapshotOf } from '../../src/store/snapshot.ts';
import * as steps from '../../src/store/steps.ts';
import { Rig } from '../lab/rig.ts';
import { build, expectUntouched, hostStates, seen } from './story.ts';

let rig: Rig;
const builds = join(process.env.TMPDIR ?? '/tmp', `cedar-builds-${process.pid}`);

beforeAll(async () => {
  rig = await Rig.start({ database: 'mariadb' });
  await rig.addProject('planned', { build: build(`echo built >> ${builds}`) });
  rig.startWorker();
  await rig.run({ kind: 'deploy' });
});

afterAll(() => rmSync(builds, { force: true }));

async function comparisons(id: string): Promise<HostComparison[]> {
  const facts = (await operationHosts.facts(rig.db, id)) as Map<string, unknown> as Map<string, HostFacts>;
  return rig.hostIds.map((hostId) => facts.get(hostId)!.comparison!);
}

/** What the page shows as the decision. */
async function decidedFor(commit: string): Promise<string> {
  const snapshot = await snapshotOf(rig.db, rig.project.id, rig.hostIds);
  return decisionHash({ kind: 'deploy', commit, releaseId: null }, snapshot);
}

const buildsSoFar = () => readFileSync(builds, 'utf8').trim().split('\n').length;

describe('a plan that is prepared', () => {
  it('builds, names every file and change per host, touches none, and is what then runs', async () => {
    const [one, two] = rig.fleet as [(typeof rig.fleet)[0], (typeof rig.fleet)[0]];
    const commit = rig.repository.commit('v2', { files: { 'added.txt': 'new\n' } });
    appendFileSync(join(two.hostPath, rig.project.key, 'index.js'), '\n// edited by hand\n');
    await rig.changeEnv({ COLOUR: 'green' });
    const before = [await seen(rig, one), await seen(rig, two)];
    const releases = (host: typeof one) => join(host.hostPath, '.cedar', rig.project.key, 'releases');

    const prepared = await rig.run({ kind: 'prepare' });
    for (const look of before) await expectUntouched(rig, look);
    expect(await hostStates(rig, prepared)).toEqual(['untouched', 'untouched']);
    expect(existsSync(join(releases(one), prepared.id)), 'nothing was shipped').toBe(false);
    expect(prepared.commit).toBe(commit);

    const [first, second] = (await comparisons(prepared.id)) as [HostComparison, HostComparison];
    expect(first).toMatchObject({ problem: null, configuration: 'changes', edited: [], plain: false });
    expect(first.files).toMatchObject({ added: ['added.txt'], changed: ['version'], removed: [] });
    expect(first.restarts).toEqual([`${rig.project.key}:${rig.project.key}_${rig.project.port}`]);
    expect(first.wayBack).toEqual({ releaseId: rig.current(one), held: true });
    expect(second.edited).toEqual(['~ index.js']);

    rig.repository.commit('v3', {});
    const built = buildsSoFar();
    const decided = await decidedFor(commit);
    const deployed = await rig.run({ kind: 'deploy', params: { commit, decided } });
    expect(deployed.commit, 'the commit that was shown, although its branch moved on').toBe(commit);
    expect(deployed.releaseId).toBe(prepared.releaseId);
    expect(deployed.decision).toBe(decided);
    expect(buildsSoFar(), 'the prepared release was used').toBe(built);
    for (const host of rig.fleet) expect(await rig.version(host)).toBe('v2');
  });

  it('is refused where anything that was decided has changed since it was shown', async () => {
    const commit = rig.repository.commit('v4', {});
    const decided = await decidedFor(commit);
    await rig.changeEnv({ COLOUR: 'red' });
    const asked = rig.launch({ kind: 'deploy', params: { commit, decided } });
    await expect(asked).rejects.toMatchObject({ code: 'plan_changed', status: 409 });
    expect(await locks.ofProject(rig.db, rig.project.id)).toMatchObject({ operationId: null });
    const fewer = rig.launch({
      kind: 'deploy',
      hostIds: [rig.hostIds[0]!],
      params: { commit, decided: await decidedFor(commit) },
    });
    await expect(fewer, 'other hosts are another decision').rejects.toMatchObject({ code: 'plan_changed' });
  });

  it('keeps the hash of a deploy by branch too, once its commit is known', async () => {
    const commit = rig.repository.commit('v5', {});
    const { id } = await rig.run({ kind: 'deploy' });
    const kept = (await rig.ended(id)).decision;
    expect(kept).toBe(await decidedFor(commit));
  });

  it('tells of a host that cannot be looked at, and builds all the same', async () => {
    rig.repository.commit('v6', {});
    const [one] = rig.fleet;
    await one!.stopSshd();
    try {
      const prepared = await rig.run({ kind: 'prepare' });
      const [first, second] = (await comparisons(prepared.id)) as [HostComparison, HostComparison];
      expect(first.problem?.code).toMatch(/^ssh_/);
      expect(first.files).toBeNull();
      expect(second).toMatchObject({ problem: null });
      const names = (await steps.ofOperation(rig.db, prepared.id)).map((step) => step.name);
      expect(names).toEqual(['fetch', 'resolve', 'build', 'keep', 'compare', 'compare']);
    } finally {
      await one!.startSshd();
    }
  });
});
