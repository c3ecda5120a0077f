import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRoutes } from '../../src/web/routes.ts';
import { type Town, town } from '../web/people.ts';
import { shopIn } from '../web/shop.ts';

let t: Town;
beforeAll(async () => {
  t = await town();
  await shopIn(t);
});
afterAll(() => t.end());

const deeds = allRoutes.filter(({ method, path }) => method === 'POST' && !path.includes('/sign-out'));

test('[S61] no address takes an uploaded file, whatever it is called and holds', async () => {
  const page = await t.admin.get('/profile');
  const token = /data-csrf="([^"]*)"/.exec(page.text)?.[1] ?? '';
  const taken: string[] = [];
  for (const [index, { path }] of deeds.entries()) {
    const name = ['a.html', '..%2f..%2fx', 'x.svg', 'bomb.zip', '../../slip.tar'][index % 5]!;
    const at = path.replace(':project', 'test_shop').replace(/:\w+/g, '01ARZ3NDEKTSV4RRFFQ69G5FAV');
    const answer = await t.admin.agent
      .post(at)
      .set('X-CSRF-Token', token)
      .attach('file', Buffer.from('<svg onload="alert(1)">'), name);
    if (answer.status !== 400) taken.push(`${path}: ${answer.status}`);
  }
  expect(taken).toEqual([]);
  expect(deeds.length).toBeGreaterThan(50);
});
