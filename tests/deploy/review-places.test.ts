import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isSame, procOf } from '../../src/demo/fleet/proc.ts';
import { until } from '../../src/demo/fleet/until.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import * as releases from '../../src/store/releases.ts';
import { Rig } from '../lab/rig.ts';
import { build, running, story } from './story.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  rig.startWorker();
});

describe.concurrent('what changes between two operations', () => {
  it('paths of an adopted folder live on in every release: the declared ones and those agreed on', async () => {
    const own = await story(rig, 'kept', { shared: [{ path: 'uploads', kind: 'folder' }] });
    const [host] = rig.fleet;
    const live = join(host!.hostPath, own.project.key);
    for (const folder of ['uploads', 'data']) {
      mkdirSync(join(live, folder), { recursive: true });
      writeFileSync(join(live, folder, 'cat'), `precious ${folder}`);
    }
    const [placement] = await own.placements();
    await own.agree(placement!.id, [{ path: 'data', kind: 'folder' }]);
    for (const commit of ['first', 'second']) {
      own.repository.commit(commit, { branch: 'kept' });
      const { releaseId } = await own.run({ kind: 'deploy', ref: 'kept' });
      expect(own.current(host!)).toBe(releaseId);
      for (const folder of ['uploads', 'data'])
        expect(readFileSync(join(live, folder, 'cat'), 'utf8')).toBe(`precious ${folder}`);
    }
  });

  it('a project that is made anew under its old name can be deployed at once', async () => {
    const own = await running(rig, 'anew');
    await own.run({ kind: 'restart' });
    const [placement] = await own.placements();
    await placements.remove(own.db, placement!.id);
    await projects.remove(own.db, own.project.id);
    const { id, createdAt, updatedAt, revision, key, ...draft } = own.project;
    own.project = await projects.add(own.db, draft);
    const { hostId, processes, env } = placement!;
    await placements.add(own.db, { projectId: own.project.id, hostId, processes, env });
    const operation = await own.run({ kind: 'deploy' });
    expect(operation.crashes).toBe(0);
  });

  it('nothing stays on this machine of releases that are gone, wherever the worker ended', async () => {
    const own = await running(rig, 'leaky');
    const folder = join(own.env.CEDAR_DATA_DIR!, 'releases', own.project.key);
    const { id: failed } = await own.run({ kind: 'deploy', ref: 'no-such-branch' }, 'failed');
    mkdirSync(join(folder, `${failed}.part`, 'tree'), { recursive: true });
    own.repository.commit('leaky', { branch: 'leaky' });
    const { releaseId: second } = await own.run({ kind: 'deploy', ref: 'leaky' });
    const [first] = (await releases.kept(own.db, own.project.id)).filter(({ id }) => id !== second);
    await releases.markPruned(own.db, first!.id);
    expect(readdirSync(folder)).toContain(first!.id);
    own.repository.commit('leaky again', { branch: 'leaky' });
    const { releaseId: third } = await own.run({ kind: 'deploy', ref: 'leaky' });
    const left = () => readdirSync(folder).sort().join();
    await until('the files of the others are gone', () => left() === [second, third].join(), 30_000);
  });

  it('a release whose manifest is damaged here is built anew', async () => {
    const own = await running(rig, 'damaged');
    const [release] = await releases.kept(own.db, own.project.id);
    const manifest = join(own.env.CEDAR_DATA_DIR!, 'releases', own.project.key, release!.id, 'manifest');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').slice(0, -10));
    const { releaseId } = await own.run({ kind: 'deploy' });
    expect(releaseId).not.toBe(release!.id);
    expect(own.current(own.fleet[0]!)).toBe(releaseId);
  });

  it('a build that was lost and is repeated tells its whole output', async () => {
    const own = await story(rig, 'lost');
    const count = join(own.env.CEDAR_DATA_DIR!, 'count');
    const command = `echo x >> ${count}; echo "attempt $(wc -l < ${count}) says so"; [ $(wc -l < ${count}) -gt 1 ] || sleep 60`;
    await own.change({ build: { ...build(command), repeatable: true } });
    const { id } = await own.launch({ kind: 'deploy' });
    await until(
      'the first attempt speaks',
      async () => (await own.logOf(id)).includes('attempt 1 says so'),
      30_000,
    );
    const run = join(own.env.CEDAR_DATA_DIR!, 'builds', own.project.key, id, 'run-1/pid');
    process.kill(JSON.parse(readFileSync(run, 'utf8')).pid, 'SIGKILL');
    expect((await own.ended(id)).state).toBe('succeeded');
    expect(await own.logOf(id)).toContain('attempt 2 says so');
  });

  it('stop ends every process of the project, also those that its settings do not name any more', async () => {
    const own: Rig = Object.create(rig);
    await own.addProject('less', {}, 2);
    await own.run({ kind: 'deploy' });
    const procs = own.starts(own.fleet[0]!).map(({ pid }) => procOf(pid)!);
    expect(procs).toHaveLength(2);
    const { id, env } = (await own.placements())[0]!;
    await placements.update(own.db, id, { processes: 1, env });
    await own.run({ kind: 'stop' });
    expect(procs.map(isSame)).toEqual([false, false]);
  });

  it('stop ends processes that listen on the port of before', async () => {
    const own = await running(rig, 'moved');
    const proc = procOf(own.starts(own.fleet[0]!)[0]!.pid)!;
    const { id, revision, port } = (await projects.byId(own.db, own.project.id))!;
    await projects.update(own.db, id, revision, { port: port! + 1000 });
    await own.run({ kind: 'stop' });
    expect(isSame(proc)).toBe(false);
  });
});
