import { describe, expect, it } from 'vitest';
import { launch } from '../../src/deploy/launch.ts';
import type { CedarError } from '../../src/errors.ts';
import type { Operation } from '../../src/model/operation.ts';
import { type Db, openDatabase } from '../../src/store/database.ts';
import { type DatabaseKind, eachDatabase } from '../lab/database.ts';
import { Rig } from '../lab/rig.ts';

/** Two web processes' pools; the embedded database's waits are synchronous, so two pools in one thread would only wait for each other. */
function websOf(rig: Rig, kind: DatabaseKind): [Db, Db] {
  if (kind === 'sqlite') return [rig.db, rig.db];
  return [openDatabase(settings(rig)), openDatabase(settings(rig))];
}

eachDatabase((kind) => {
  describe(`launches at once, ${kind}`, () => {
    it('fifty with two workers give one deploy; the others are told who holds the project', async () => {
      const rig = await Rig.start({ hosts: 1, database: kind });
      await rig.addProject('rush');
      const workers = [rig.startWorker(), rig.startWorker()];
      const asked = Date.now();
      const webs = websOf(rig, kind);
      const launches = Array.from({ length: 50 }, (_, index) =>
        launch(webs[index % 2]!, {
          kind: 'deploy',
          projectId: rig.project.id,
          hostIds: rig.hostIds,
          by: { ...rig.by, displayName: `person ${index % 5}` },
          idempotencyKey: index < 10 ? 'one form' : null,
        }),
      );
      const results = await Promise.allSettled(launches);
      const taken = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      const refused = results.flatMap((one) => (one.status === 'rejected' ? [one.reason as CedarError] : []));
      const [winner] = taken as [Operation];
      expect(new Set(taken.map((one) => one.id)).size).toBe(1);
      expect([1, 10]).toContain(taken.length);
      for (const error of refused) {
        expect(error).toMatchObject({ code: 'locked', status: 409 });
        expect(error.detail).toMatchObject({
          holder: winner.requestedName,
          kind: 'deploy',
          operation: winner.id,
        });
        expect(Math.abs(Number(error.detail.since) - asked)).toBeLessThan(30_000);
      }
      const ended = await rig.ended(winner.id);
      expect(ended, `${JSON.stringify(ended.failure)}\n${await rig.logOf(winner.id)}`).toMatchObject({
        state: 'succeeded',
      });
      expect(rig.starts(rig.fleet[0]!)).toHaveLength(1);
      expect(await rig.db('operations').count({ n: '*' }).first()).toMatchObject({ n: 1 });
      await Promise.all(workers.map((worker) => worker.kill('SIGTERM')));
      if (kind === 'mariadb') await Promise.all(webs.map((db) => db.destroy()));
    });

    it('ten of the same form give one deploy and ten times its number', async () => {
      const rig = await Rig.start({ hosts: 1, database: kind });
      await rig.addProject('form');
      const webs = websOf(rig, kind);
      const again = (index: number) =>
        launch(webs[index % 2]!, {
          kind: 'deploy',
          projectId: rig.project.id,
          hostIds: rig.hostIds,
          by: rig.by,
          idempotencyKey: 'the form',
        });
      const all = await Promise.all(Array.from({ length: 10 }, (_, index) => again(index)));
      expect(new Set(all.map((one) => one.id)).size).toBe(1);
      expect((await again(0)).id).toBe(all[0]!.id);
      expect(await rig.db('operations').count({ n: '*' }).first()).toMatchObject({ n: 1 });
      await expect(rig.launch({ kind: 'restart', idempotencyKey: 'the form' })).rejects.toMatchObject({
        code: 'idempotency_key_reused',
      });
      const other = { kind: 'deploy' as const, idempotencyKey: 'the form' };
      for (const wish of [{ ref: 'another' }, { hostIds: ['another'] }]) {
        await expect(rig.launch({ ...other, ...wish })).rejects.toMatchObject({
          code: 'idempotency_key_reused',
        });
      }
      if (kind === 'mariadb') await Promise.all(webs.map((db) => db.destroy()));
    });
  });
});

function settings({ env }: Rig) {
  return { databaseUrl: env.DATABASE_URL!, dataDir: env.CEDAR_DATA_DIR! };
}
