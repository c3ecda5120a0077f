import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import { type Delivery, judged } from '../../src/model/delivery.ts';
import type { Db } from '../../src/store/database.ts';
import { behindNumber, deliverySums } from '../../src/store/delivery-numbers.ts';
import * as environments from '../../src/store/environments.ts';
import { isJudged, judgeEnded } from '../../src/store/judged-deploys.ts';
import { migrate } from '../../src/store/migrations.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { sumsOf } from '../lab/direct-count.ts';
import { dice } from '../lab/filled.ts';
import { happened, madeFrom } from './hand-made.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const MINUTE = 60_000;
const groupIds = [ulid(), ulid()];
const projectIds = Array.from({ length: 4 }, () => ulid());
const kinds = ['deploy', 'deploy', 'deploy', 'promote', 'rollback', 'fast-rollback', 'restart'];
const states = ['succeeded', 'succeeded', 'succeeded', 'failed', 'cancelled', 'abandoned'];

/** A random history, in the order in which it happened; `each` follows every operation as it ends. */
async function made(db: Db, count: number, seed: number, each: (id: string) => Promise<void>) {
  const roll = dice(seed);
  const one = <T>(list: readonly T[]) => list[Math.floor(roll() * list.length)]!;
  const commits = ['a', 'b', 'c', 'd', 'e'];
  const history: (Delivery & { state: string })[] = [];
  for (let n = 0; n < count; n++) {
    const at = START + n * 10 * MINUTE;
    const [projectId, groupId, kind, state] = [one(projectIds), one(groupIds), one(kinds), one(states)];
    const [commit, finishedAt, releaseId] = [one(commits), at + Math.floor(roll() * 9 * MINUTE), ulid(at)];
    const committedAt = roll() < 0.2 ? null : at - Math.floor(roll() * 100 * MINUTE) + 5 * MINUTE;
    await madeFrom(db, releaseId, projectId, committedAt);
    const release = roll() < 0.1 ? (history.at(-1)?.releaseId ?? releaseId) : releaseId;
    const id = await happened(db, {
      projectId,
      groupId,
      kind,
      state,
      commit,
      at,
      ended: finishedAt,
      release,
    });
    const sooner = history.filter((other) => other.projectId === projectId && other.projectKey === commit);
    const first = !sooner.some((other) => other.succeeded && isDeploy(other.kind));
    const known = (await db('releases').where({ id: release }).first('committed_at')).committed_at;
    history.push({
      ...{ id, projectId, projectKey: commit, environment: 'online', groupId, kind, state, first },
      ...{ succeeded: state === 'succeeded', releaseId: release, createdAt: at, finishedAt },
      committedAt: known === null ? null : Number(known),
    });
    await each(id);
  }
  return history.filter((one) => one.kind !== 'restart' && one.state !== 'cancelled');
}

const isDeploy = (kind: string) => kind === 'deploy' || kind === 'promote';

/** The same by going through everything there is. */
function counted(history: Delivery[], groupId: string, projectId: string, from: number) {
  const own = judged(history.filter((one) => one.projectId === projectId));
  return own.filter((one) => one.groupId === groupId && one.createdAt >= from);
}

async function expectEqual(db: Db, history: Delivery[], from: number): Promise<void> {
  for (const groupId of groupIds)
    for (const projectId of projectIds) {
      const scope = { groupIds: [groupId], projectId };
      const direct = counted(history, groupId, projectId, from);
      const [sums] = await deliverySums(db, scope, from);
      const sorted = (list: number[] = []) => [...list].sort((one, other) => one - other);
      expect({
        ...{ deploys: sums?.deploys ?? 0, ended: sums?.ended ?? 0, failures: sums?.failures ?? 0 },
        ...{ leads: sorted(sums?.leads), restores: sorted(sums?.restores) },
      }).toEqual(sumsOf(direct));
      const failures = await behindNumber(db, scope, from, 'failures', { offset: 0, limit: 1000 });
      const failed = direct.filter((one) => one.failed).map(({ id }) => id);
      expect(failures).toEqual({ total: failed.length, ids: failed.sort().reverse() });
    }
}

eachDatabase((kind) =>
  describe(`judged deploys on ${kind}`, () => {
    test('kept as operations end, they are what the whole history says, and made anew they are the same', async () => {
      const { db } = await freshDatabase(kind);
      await environments.add(db, { name: 'online', production: true, position: 1, settings: {} });
      const history = await made(db, 130, 7, (id) => db.transaction((trx) => judgeEnded(trx, id)));
      expect(history.length).toBeGreaterThan(80);
      for (const from of [0, START + 1000 * MINUTE]) await expectEqual(db, history, from);
      const rows = () => db('judged_deploys').orderBy('operation_id');
      const kept = await rows();
      await db('judged_deploys').where('operation_id', '>', kept[20].operation_id).update({ failed: true });
      expect(await isJudged(db)).toBe(false);
      await migrate(db);
      expect(await isJudged(db)).toBe(true);
      expect(await rows()).toEqual(kept);
    });

    test('one that is told late, among those after it, is judged with them', async () => {
      const { db } = await freshDatabase(kind);
      await environments.add(db, { name: 'online', production: true, position: 1, settings: {} });
      const ids: string[] = [];
      const history = await made(db, 60, 11, async (id) => void ids.push(id));
      for (const id of ids.reverse()) await db.transaction((trx) => judgeEnded(trx, id));
      await expectEqual(db, history, 0);
    });

    test('what is not production now is not counted, what becomes it is', async () => {
      const { db } = await freshDatabase(kind);
      await environments.add(db, { name: 'online', production: false, position: 1, settings: {} });
      const history = await made(db, 20, 3, (id) => judgeEnded(db, id));
      expect(await deliverySums(db, {}, 0)).toEqual([]);
      await db('environments').update({ production: true });
      const ended = (await deliverySums(db, {}, 0)).reduce((sum, one) => sum + one.ended, 0);
      expect(ended).toBe(history.filter((one) => isDeploy(one.kind)).length);
    });
  }),
);
