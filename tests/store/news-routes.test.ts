import { ulid } from 'ulid';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NewsKind, NewsPlace } from '../../src/model/route.ts';
import * as channels from '../../src/store/channels.ts';
import type { Db } from '../../src/store/database.ts';
import * as routes from '../../src/store/news-routes.ts';
import { add } from '../../src/store/outbox.ts';
import { freshDatabase } from '../lab/database.ts';
import { ground } from './inventory.ts';

let db: Db;
let groupId: string;
const robots: Record<string, string> = {};

beforeAll(async () => {
  db = (await freshDatabase()).db;
  groupId = (await ground(db)).groupId;
  for (const name of ['team', 'pager', 'tests'])
    robots[name] = await channels.add(db, { kind: 'dingtalk', name, groupId: null, options: {} });
  await channels.choose(db, `group:${groupId}`, robots.team!);
});
beforeEach(async () => {
  for (const table of ['notices', 'news_routes']) await db(table).delete();
});

async function heardBy(kind: NewsKind, place: Partial<NewsPlace> = {}): Promise<string[]> {
  const of = { groupId, environment: 'online', production: true, ...place };
  const told = { title: { key: 'notice.test' }, lines: [], path: null };
  const notice = { audience: { group: groupId }, topic: 'test', dedupeKey: ulid(), told };
  await add(db, { ...notice, news: { kind, place: of } });
  const ids: string[] = await db('notices').pluck('channel_id');
  await db('notices').delete();
  return Object.keys(robots).filter((name) => ids.includes(robots[name]!));
}

const route = (name: string, over: Partial<routes.Added> = {}) =>
  routes.add(db, { kind: null, groupId: null, environment: null, channelId: robots[name]!, ...over });

test('without a route the robot of the group hears it', async () => {
  expect(await heardBy('operation')).toEqual(['team']);
});

test('a route takes its kind elsewhere, and leaves the others', async () => {
  await route('pager', { kind: 'traffic' });
  expect(await heardBy('traffic')).toEqual(['pager']);
  expect(await heardBy('operation')).toEqual(['team']);
});

test('a route of an environment is heard outside production too', async () => {
  const test = { environment: 'test', production: false };
  await route('tests', { environment: 'test' });
  expect(await heardBy('operation', test)).toEqual(['tests']);
  expect(await heardBy('operation', { environment: 'qa', production: false })).toEqual([]);
});

test('a channel that goes takes its routes along', async () => {
  const gone = await channels.add(db, { kind: 'dingtalk', name: 'gone', groupId: null, options: {} });
  await routes.add(db, { kind: null, groupId: null, environment: null, channelId: gone });
  await channels.remove(db, gone);
  expect(await routes.all(db)).toEqual([]);
});

describe('what is of no place at all', () => {
  const nowhere = async () => {
    const ids = (await routes.hearing(db, 'alarm'))([]);
    expect(new Set(ids).size, 'each once').toBe(ids.length);
    return Object.keys(robots).filter((name) => ids.includes(robots[name]!));
  };

  test('is heard by everybody who hears anything, each once', async () => {
    expect(await nowhere()).toEqual(['team']);
    await route('pager', { kind: 'traffic' });
    await route('pager', { environment: 'test' });
    await route('team');
    expect(await nowhere()).toEqual(['team', 'pager']);
  });

  test('is heard by the SRE robot alone, where there is one', async () => {
    await route('pager');
    await channels.choose(db, 'sre', robots.tests!);
    expect(await nowhere()).toEqual(['tests']);
    await channels.choose(db, 'sre', null);
    expect(await nowhere()).toEqual(['team', 'pager']);
  });
});
