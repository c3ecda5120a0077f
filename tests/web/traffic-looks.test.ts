import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { driftKinds } from '../../src/model/drift.ts';
import { type Listener, listen } from '../../src/web/listener.ts';
import { accessibilityProblems, listenForErrors, newVisitor } from '../lab/browser.ts';
import { drifted } from '../lab/drifting.ts';

import { password, type Town, town } from './people.ts';
import { leaves, placedIn } from './traffic-places.ts';

let t: Town;
let listener: Listener;
let pages: string[];

beforeAll(async () => {
  t = await town({ CEDAR_LANGUAGE: 'auto' });
  listener = await listen(t.app, '127.0.0.1', 0);
  const placed = await placedIn(t, 'till');
  const id = await leaves(t, placed, 'restart', { desired: 'in', observed: 'unknown' });
  pages = ['/', '/projects/test_till', `/operations/${id}`, `/hosts/${placed.hostId}`];
  const names = ['none', 'consul', 'hook'];
  pages.push(...names.map((name) => `/projects/test_till/traffic?registry=${name}`));
  const { id: placementId } = await t.db('placements').where({ host_id: placed.hostId }).first('id');
  await drifted(t.db, placementId, ulid());
  const disk = { path: '/srv', mount: '/', free: 1, used: 99, percent: 99 };
  const facts = { checked_at: Date.now(), clock_ms: 9000, disk_percent: 99, disks: JSON.stringify([disk]) };
  await t.db('host_facts').insert({ host_id: placed.hostId, message: 'ssh_refused', ...facts });
  pages.push('/drift', ...driftKinds.map((what) => `/drift/${placementId}/${what}`));
});
afterAll(async () => {
  await listener.close();
  await t.end();
});

test.each([
  ['en', 'light', 1280],
  ['zh-CN', 'dark', 390],
] as const)('%s, %s, %i px wide: nothing wrong with any page', async (locale, colorScheme, width) => {
  const viewport = { width, height: 800 };
  const visitor = await newVisitor({ locale, colorScheme, viewport, baseURL: listener.address });
  const tab = await visitor.newPage();
  const errors = listenForErrors(tab);
  await tab.goto('/sign-in');
  await tab.fill('#f-username', 'admin');
  await tab.fill('#f-password', password);
  await Promise.all([tab.waitForURL('/'), tab.keyboard.press('Enter')]);
  const found: string[] = [];
  for (const path of pages) {
    await tab.goto(path);
    for (const problem of await accessibilityProblems(tab)) found.push(`${path} ${problem}`);
    if (await tab.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth'))
      found.push(`${path} is wider than the screen`);
    const folder = process.env.CEDAR_SCREENSHOTS;
    if (!folder) continue;
    mkdirSync(folder, { recursive: true });
    const name = `${locale}${path.replaceAll(/[/?=]/g, '-')}.png`;
    await tab.screenshot({ path: join(folder, name), fullPage: true });
  }
  expect(found).toEqual([]);
  expect(errors).toEqual([]);
  await visitor.close();
});
