import { ulid } from 'ulid';
import { beforeAll, describe, expect, test } from 'vitest';
import * as channels from '../../src/store/channels.ts';
import type { Db } from '../../src/store/database.ts';
import { EndedSince } from '../../src/store/ended-since.ts';
import * as notices from '../../src/store/notices.ts';
import { put } from '../../src/store/outbox.ts';
import { Exposition } from '../../src/web/metrics/exposition.ts';
import { readNumbers } from '../../src/web/metrics/numbers.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { recordHost } from '../lab/looks.ts';
import { happened } from '../store/hand-made.ts';
import { addHost, addProject, ground } from '../store/inventory.ts';

const MINUTE = 60_000;
const SWEEP_SECONDS = 600;
const body = { told: { title: { key: 'kind.deploy' }, lines: [], path: null } };

/** The lines of a metric, as label set → value; a line without labels has the key ''. */
function linesOf(text: string, name: string): Record<string, number> {
  const found = text.matchAll(new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'));
  return Object.fromEntries([...found].map(([, labels = '', value]) => [labels, Number(value)]));
}

/** Between an age that was written into the database and what it has become since, seconds. */
function expectAge(seconds: number | undefined, ms: number, begun: number): void {
  expect(seconds).toBeGreaterThanOrEqual(ms / 1000);
  expect(seconds).toBeLessThanOrEqual((ms + Date.now() - begun) / 1000);
}

eachDatabase((kind) =>
  describe(`what Prometheus reads from ${kind}`, () => {
    let db: Db;
    let groupId: string;
    beforeAll(async () => {
      ({ db } = await freshDatabase(kind));
      ({ groupId } = await ground(db));
    });
    const tell = async () => new Exposition().tell(await readNumbers(db, new EndedSince(db), SWEEP_SECONDS));

    test('hosts by how they were last seen, and the ages of the newest and the oldest look', async () => {
      const begun = Date.now();
      const looks = { near: [1, 'yes'], late: [20, 'no'], stale: [40, 'yes'] } as const;
      for (const [name, [minutes, reachable]] of Object.entries(looks)) {
        const { id } = await addHost(db, name, `192.0.2.${minutes}`);
        await recordHost(db, id, { reachable, supervisor: 'rpc', message: null });
        await db('host_states')
          .where({ host_id: id })
          .update({ checked_at: Date.now() - minutes * MINUTE });
      }
      await addHost(db, 'never', '192.0.2.99');
      const text = await tell();
      expect(linesOf(text, 'cedar_hosts')).toEqual({
        'state="yes"': 1,
        'state="no"': 1,
        'state="unknown"': 2,
      });
      expect(linesOf(text, 'cedar_sweep_hosts_looked')).toEqual({ '': 1 });
      expect(linesOf(text, 'cedar_sweep_hosts_unknown')).toEqual({ '': 2 });
      expectAge(linesOf(text, 'cedar_sweep_newest_look_age_seconds')[''], MINUTE, begun);
      expectAge(linesOf(text, 'cedar_sweep_oldest_look_age_seconds')[''], 40 * MINUTE, begun);
    });

    test('notices by channel and state, what waits longest, and the attempts of the last hour', async () => {
      const begun = Date.now();
      const channel = (name: string) =>
        channels.add(db, { kind: 'dingtalk', name, groupId: null, options: {} });
      const [ops, ci] = [await channel('ops'), await channel('ci')];
      const write = (channelId: string) =>
        put(db, { channelId, topic: 'test', dedupeKey: ulid(), body, operationId: null });
      const tried = async (id: string, result: 'sent' | 'later' | 'refused') => {
        const attempts = await notices.begin(db, [id]);
        await notices.conclude(db, attempts, { ms: 1, code: 200, result, answer: '' });
      };
      const [sent, waiting, refused] = [await write(ops), await write(ops), await write(ops)];
      const [late, old] = [await write(ops), await write(ci)];
      await tried(old, 'sent');
      await db('notice_attempts').update({ at: Date.now() - 61 * MINUTE });
      for (const id of [sent, old]) await notices.sent(db, [id]);
      await tried(sent, 'later');
      await tried(sent, 'sent');
      await tried(late, 'later');
      await tried(refused, 'refused');
      await notices.giveUp(db, [refused, await write(ci)], 'no such robot');
      await db('notices').whereIn('id', [sent, refused]).update({ created_at: 1 });
      await db('notices')
        .where({ id: waiting })
        .update({ created_at: Date.now() - 5 * MINUTE });
      const text = await tell();
      expect(linesOf(text, 'cedar_notices')).toEqual({
        'channel="ops",state="waiting"': 2,
        'channel="ops",state="undelivered"': 1,
        'channel="ci",state="undelivered"': 1,
      });
      expect(linesOf(text, 'cedar_notice_attempts_hour')).toEqual({
        'channel="ops",result="later"': 2,
        'channel="ops",result="sent"': 1,
        'channel="ops",result="refused"': 1,
      });
      expect(linesOf(text, 'cedar_queue_waiting')).toMatchObject({ 'queue="notices"': 2 });
      expectAge(linesOf(text, 'cedar_queue_oldest_age_seconds')['queue="notices"'], 5 * MINUTE, begun);
    });

    test('operations that ended since it was first asked, each once, and how long they took', async () => {
      const { id: projectId } = await addProject(db, groupId, { name: 'shop', environment: 'online' });
      const at = Date.now() - 10 * MINUTE;
      const one = { projectId, groupId, at };
      await happened(db, one);
      const running = await happened(db, { ...one, state: 'running', ended: null });
      const [ended, exposition] = [new EndedSince(db), new Exposition()];
      const told = async () => exposition.tell(await readNumbers(db, ended, SWEEP_SECONDS));
      expect(linesOf(await told(), 'cedar_operations_ended_total')).toEqual({});
      const over = { state: 'succeeded', finished_at: at + 400_000 };
      await db('operations').where({ id: running }).update(over);
      const [now, seconds] = [Date.now(), 1000];
      await happened(db, { ...one, at: now, ended: now + 45 * seconds });
      await happened(db, { ...one, kind: 'restart', state: 'failed', at: now, ended: now + 3 * seconds });
      const dropped = await happened(db, { ...one, state: 'abandoned', at: now, ended: now });
      await db('operations').where({ id: dropped }).update({ started_at: null });
      await told();
      const text = await told();
      const succeeded = 'kind="deploy",state="succeeded"';
      expect(linesOf(text, 'cedar_operations_ended_total')).toEqual({
        ...{ [succeeded]: 2, 'kind="restart",state="failed"': 1, 'kind="deploy",state="abandoned"': 1 },
      });
      expect(linesOf(text, 'cedar_operation_seconds_sum')).toEqual({
        ...{ [succeeded]: 445, 'kind="restart",state="failed"': 3 },
      });
      const buckets = linesOf(text, 'cedar_operation_seconds_bucket');
      const upTo = [30, 60, 300, 600].map((le) => buckets[`le="${le}",${succeeded}`]);
      expect(upTo).toEqual([0, 1, 1, 2]);
    });
  }),
);
