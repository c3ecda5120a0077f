import { ulid } from 'ulid';
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { startDue } from '../../src/deploy/start-due.ts';
import type { Schedule } from '../../src/model/scheduled.ts';
import * as grants from '../../src/store/grants.ts';
import * as operations from '../../src/store/operations.ts';
import * as schedules from '../../src/store/schedules.ts';
import * as users from '../../src/store/users.ts';
import { story } from '../deploy/story.ts';
import { Rig } from '../lab/rig.ts';

let rig: Rig;
const person = ulid();

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1, database: 'mariadb' });
  const account = { id: person, username: 'wang', displayName: 'Wang Fang', passwordHash: '', role: 'user' };
  await users.add(rig.db, { ...account, role: 'user' });
});

async function later(own: Rig, at: number, more: Partial<schedules.NewSchedule> = {}): Promise<string> {
  const id = ulid();
  const { id: projectId, key: projectKey, groupId } = own.project;
  const request: Schedule['request'] = {
    ...{ kind: 'deploy', hostIds: own.hostIds, ref: 'main', releaseId: null },
    ...{ reason: 'at night', params: {}, strategy: null },
  };
  await schedules.add(own.db, {
    ...{ id, projectId, projectKey, groupId, request, at, graceSeconds: 0, idempotencyKey: id },
    ...{ askedBy: person, askedName: 'Wang Fang' },
    ...more,
  });
  return id;
}

async function allowed(name: string): Promise<Rig> {
  const own = await story(rig, name, { startSeconds: 0 });
  await grants.give(own.db, person, { groupId: own.project.groupId, config: false, deploy: true });
  return own;
}

describe('an operation asked for later', () => {
  it('is started once at its time, by one of two workers', async () => {
    const own = await allowed('once');
    rig.startWorker();
    rig.startWorker();
    const at = Date.now() + 1500;
    const ids = [await later(own, at), await later(own, at + 3_600_000)];
    await until('it is started', async () => (await schedules.byId(own.db, ids[0]!))?.state === 'started');
    const found = (await schedules.byId(own.db, ids[0]!))!;
    const operation = await own.ended(found.operationId!);
    expect(operation).toMatchObject({ state: 'succeeded', requestedName: 'Wang Fang', reason: 'at night' });
    expect(operation.createdAt).toBeGreaterThanOrEqual(at);
    expect(await own.db('operations').where({ project_id: own.project.id })).toHaveLength(1);
    expect((await schedules.byId(own.db, ids[1]!))?.state).toBe('waiting');
  });

  it('is started by one alone of many who try at the same instant', async () => {
    const own = await allowed('race');
    const id = await later(own, Date.now() - 1000);
    await Promise.all(Array.from({ length: 5 }, () => startDue(own.db)));
    expect((await schedules.byId(own.db, id))?.state).toBe('started');
    expect(await own.db('operations').where({ project_id: own.project.id })).toHaveLength(1);
  });

  it('[S92] is refused where who asked may no longer do it, and leaves a row', async () => {
    const own = await story(rig, 'forbidden');
    const id = await later(own, Date.now() - 1000);
    await startDue(own.db);
    const found = await schedules.byId(own.db, id);
    expect(found).toMatchObject({ state: 'refused', outcome: { code: 'schedule_not_permitted' } });
    expect(await own.db('audit').where({ action: 'schedule.refused' })).toMatchObject([
      { via: 'worker', result: 'refused', reason: 'schedule_not_permitted' },
    ]);
    expect(await operations.live(own.db, [own.project.groupId])).toEqual([]);
  });

  it('waits for a busy project within its grace, and is missed after it', async () => {
    const own = await allowed('busy');
    await own.db('locks').insert({ project_id: own.project.id, operation_id: ulid(), fence: 1 });
    const patient = await later(own, Date.now() - 1000, { graceSeconds: 600 });
    const hasty = await later(own, Date.now() - 1000);
    await startDue(own.db);
    expect(await schedules.byId(own.db, patient)).toMatchObject({ state: 'waiting', operationId: null });
    expect(await schedules.byId(own.db, hasty)).toMatchObject({
      state: 'missed',
      outcome: { code: 'locked' },
    });
  });

  it('is missed where nobody was there to start it in time, and never started out of time', async () => {
    const own = await allowed('late');
    const id = await later(own, Date.now() - 600_000, { graceSeconds: 60 });
    await startDue(own.db);
    expect(await schedules.byId(own.db, id)).toMatchObject({
      state: 'missed',
      outcome: { code: 'schedule_too_late' },
    });
  });

  it('that was withdrawn is not started', async () => {
    const own = await allowed('withdrawn');
    const id = await later(own, Date.now() - 1000);
    expect(await schedules.settle(own.db, id, 'withdrawn')).toBe(true);
    await startDue(own.db);
    expect(await schedules.byId(own.db, id)).toMatchObject({ state: 'withdrawn', operationId: null });
  });
});
