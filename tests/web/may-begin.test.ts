import { afterAll, beforeAll, expect, test } from 'vitest';
import * as handLocks from '../../src/store/hand-locks.ts';
import * as placements from '../../src/store/placements.ts';
import * as windows from '../../src/store/windows.ts';
import { type Town, town } from './people.ts';
import { runIn, type Shop } from './shop.ts';
import { Desk } from './ticket-desk.ts';

let t: Town;
let shop: Shop;
const pages: Record<string, string> = {};

beforeAll(async () => {
  t = await town();
  await t.grant({ config: true, deploy: true });
  const desk = await Desk.at(t);
  shop = desk.shop;
  const path = `/projects/${shop.online.key}`;
  const run = await runIn(t, shop, shop.online);
  await run.finish('failed');
  const ticket = await desk.approved(t.member);
  const [placed] = await placements.ofProject(t.db, shop.online.id);
  Object.assign(pages, {
    deploy: path,
    'what moves of it': `${path}/now`,
    plan: `${path}/plan?ref=${'a'.repeat(40)}&hosts=${shop.hostIds[0]}`,
    'operation to resume': run.path,
    'its part': `${run.path}/part`,
    ticket: `/tickets/${ticket.id}`,
    'push of configuration': `${path}/push`,
    hosts: `${path}/hosts`,
    'one host': `${path}/hosts/${placed!.id}`,
  });
  const scope = { kind: 'project', id: shop.online.id } as const;
  await windows.add(t.db, { scope, zone: 'UTC', hours: '', extra: '2036-01-02 10:00-11:00' });
  for (const [reason, warning] of [
    ['the database moves', false],
    ['one disk is slow', true],
  ] as const)
    await handLocks.add(t.db, {
      ...{ scope, warning, reason, by: 'Ada', byAdmin: true, since: Date.now(), until: null },
    });
}, 60_000);
afterAll(() => t.end());

test('every page from which something is started tells the locks, the warnings, and the window until when', async () => {
  for (const [name, path] of Object.entries(pages)) {
    const { status, text } = await t.member.get(path);
    expect([name, status]).toEqual([name, 200]);
    expect([name, /Ada locked project online_shop on [^<]*: the database moves/.test(text)]).toEqual([
      name,
      true,
    ]);
    expect([name, /Ada warns about project online_shop [^<]*: one disk is slow/.test(text)]).toEqual([
      name,
      true,
    ]);
    const closed = /Closed<\/a> until\s+<time datetime="2036-01-02T10:00:00.000Z"/.test(text);
    expect([name, closed]).toEqual([name, true]);
  }
});
