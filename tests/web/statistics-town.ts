import { ulid } from 'ulid';
import * as groups from '../../src/store/groups.ts';
import { judgeAll } from '../../src/store/judged-deploys.ts';
import { happened, madeFrom } from '../store/hand-made.ts';
import type { Town } from './people.ts';
import { type Shop, shopIn } from './shop.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A history of the last days, made by hand; an alien group has one of its own. `now` is the present. */
export async function historyIn(t: Town, now: number): Promise<{ shop: Shop; alien: string }> {
  const shop = await shopIn(t);
  const [one, two] = [ulid(), ulid()];
  await madeFrom(t.db, one, shop.online.id, now - 6 * DAY);
  await madeFrom(t.db, two, shop.online.id, now - 3 * DAY);
  const online = { projectId: shop.online.id, groupId: t.groupId };
  const hours = async (ago: number, over: object) =>
    happened(t.db, { ...online, at: now - ago * HOUR, ended: now - (ago - 1) * HOUR, ...over });
  await hours(121, { release: one, commit: 'a' });
  await hours(25, { release: two, commit: 'b' });
  await hours(20, { kind: 'fast-rollback', release: one });
  await hours(10, { state: 'failed' });
  await hours(8, { release: one, commit: 'a' });
  await hours(6, { kind: 'restart' });
  await happened(t.db, { ...online, projectId: shop.test.id, environment: 'test', at: now - 3 * HOUR });
  const alien = ulid();
  await groups.add(t.db, { id: alien, name: '=alien', notes: null });
  await happened(t.db, { projectId: ulid(), groupId: alien, at: now - HOUR / 60 });
  await judgeAll(t.db);
  return { shop, alien };
}
