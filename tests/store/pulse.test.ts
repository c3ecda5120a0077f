import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import * as logGaps from '../../src/store/log-gaps.ts';
import { append } from '../../src/store/log-writer.ts';
import * as operations from '../../src/store/operations.ts';
import * as pulse from '../../src/store/pulse.ts';
import * as running from '../../src/store/running.ts';
import * as steps from '../../src/store/steps.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';

eachDatabase((kind) =>
  describe(kind, () => {
    test('the print of the steps changes with every step, and the gap of a log is found and counted', async () => {
      const { db } = await freshDatabase(kind);
      const id = ulid();
      const blank = { ref: null, releaseId: null, fromOperation: null, relation: null, reason: null };
      await operations.add(db, {
        ...{ id, projectId: ulid(), projectKey: 'test_shop', environment: 'test', groupId: ulid() },
        ...{ kind: 'deploy', snapshot: { project: {} as never, hosts: [], params: {} }, requestedBy: null },
        ...{ requestedName: 'Ada', idempotencyKey: null, ...blank },
      });
      const step = { phase: 'prepare' as const, hostId: null, process: null };
      await steps.append(db, id, [
        { ...step, stepKey: 'fetch', name: 'fetch' },
        { ...step, stepKey: 'build', name: 'build' },
      ]);
      const before = await pulse.stepsPrint(db, id);
      expect(await pulse.stepsPrint(db, id)).toBe(before);
      const [fetch, build] = await steps.ofOperation(db, id);
      await db('steps').where({ id: fetch!.id }).update({ state: 'intent', started_at: 5 });
      expect(await pulse.stepsPrint(db, id)).not.toBe(before);
      expect(await pulse.steps(db, id)).toMatchObject([
        { state: 'intent', startedAt: 5 },
        { state: 'pending' },
      ]);
      for (let line = 0; line < 30; line++) {
        await append(db, id, [{ stepId: build!.id, text: `${'x'.repeat(99)}\n`, offset: null }], 1000);
        await append(db, id, [{ stepId: fetch!.id, text: 'y\n', offset: null }], 1000);
      }
      const cut = (await steps.ofOperation(db, id))[1]!;
      expect(await logGaps.ofStep(db, cut)).toEqual({ after: 9, bytes: 2000 });
      expect(await logGaps.bytesBetween(db, id, 0, 60)).toBe(1060);
      expect(await pulse.ofOperation(db, id)).toMatchObject({
        state: 'queued',
        lastLog: 60,
        startedAt: null,
      });
      expect((await running.releasesByIds(db, [ulid()])).size).toBe(0);
      expect((await running.lastChanges(db, ulid(), [ulid()])).size).toBe(0);
    });
  }),
);
