import { afterAll, describe, expect, test } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { FakeDingtalk } from '../lab/dingtalk.ts';
import { PostOffice } from './post-office.ts';

const FIRST = 60_000;
const LONGEST = 300_000;
const offices: PostOffice[] = [];
afterAll(() => Promise.all(offices.map((one) => one.close())));

/** A pause that was made: no shorter and no longer than so many ms. */
type Pause = { atLeast: number; atMost: number };

/** A channel whose robot is busy when a test wants it, and long pauses that a test ends. */
async function channel(kind: 'sqlite' | 'mariadb') {
  const office = new PostOffice((await freshDatabase(kind)).db, { retryMs: FIRST, longestMs: LONGEST });
  offices.push(office);
  const robot = await FakeDingtalk.start({ token: 'a-token', secret: 'SECsecret' });
  const id = await office.robot(robot);
  const row = () => office.db('channels').where({ id }).first();
  const tell = () => office.tell(1);
  /** As if the pause were over. */
  const goOn = async () => {
    await office.db('channels').where({ id }).update({ wait_until: null });
    await office.db('notices').where({ state: 'waiting' }).update({ next_at: 0 });
  };
  /** The pause after the failure of this number, which `begin` leads to. */
  const pauseAfter = async (failures: number, begin = goOn): Promise<Pause> => {
    robot.tricks.push('busy');
    const before = Date.now();
    await begin();
    await until(`failure ${failures}`, async () => (await row()).failures === failures);
    const end = Number((await row()).wait_until);
    return { atLeast: end - Date.now(), atMost: end - before };
  };
  office.open();
  return { office, robot, row, tell, goOn, pauseAfter };
}

/** Whether it can be a pause of so many ms, or one that is up to a fifth shorter. */
const near =
  (ms: number) =>
  ({ atLeast, atMost }: Pause) =>
    atMost >= 0.8 * ms && atLeast <= ms;

eachDatabase((kind) =>
  describe(kind, () => {
    test('a channel that fails is left alone twice as long each time, never longer than the longest', async () => {
      const { robot, tell, pauseAfter } = await channel(kind);
      expect(await pauseAfter(1, tell)).toSatisfy(near(FIRST));
      expect(await pauseAfter(2)).toSatisfy(near(2 * FIRST));
      expect(await pauseAfter(3)).toSatisfy(near(4 * FIRST));
      for (const failures of [4, 5, 6]) expect(await pauseAfter(failures)).toSatisfy(near(LONGEST));
      expect(robot.requests, 'none within a pause').toHaveLength(6);
    });

    test('one that has answered begins with the shortest pause again', async () => {
      const { office, row, tell, goOn, pauseAfter } = await channel(kind);
      await pauseAfter(1, tell);
      expect(await pauseAfter(2)).toSatisfy(near(2 * FIRST));
      await goOn();
      await office.quiet();
      expect(await row()).toMatchObject({ failures: 0, failing_since: null, wait_until: null });
      expect(await pauseAfter(1, tell)).toSatisfy(near(FIRST));
    });
  }),
);
