import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allRoutes } from '../../src/web/routes.ts';
import { type Browser, type Town, town } from './people.ts';
import { type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
});
afterAll(() => t.end());

/** Deeds that end the session at hand have tests of their own. */
const deeds = allRoutes.filter(({ method, path }) => method === 'POST' && !path.includes('/sign-out'));

async function send(who: Browser, path: string, body: string, type: string) {
  const page = await who.get(who === t.nobody ? '/sign-in' : '/profile').expect(200);
  const token = /data-csrf="([^"]*)"/.exec(page.text)?.[1] ?? '';
  return who.agent.post(path).set('Accept', 'text/html').set('X-CSRF-Token', token).type(type).send(body);
}

const form = 'application/x-www-form-urlencoded';

describe.each(deeds)('POST $path', ({ path, guard }) => {
  test.each([
    ['without a body', '', form],
    ['with JSON in place of a form', '{"ref":{"$ne":1},"username":{"$ne":1}}', 'application/json'],
    ['with fields that no form has', '__proto__=1&constructor[prototype]=1&is_admin=true', form],
  ])('[S11] [S32] %s never fails inside', async (_, body, type) => {
    const at = path
      .replace(':project', shop.test.key)
      .replace(':host', shop.hostIds[0] ?? '')
      .replace(/:\w+/g, '01ARZ3NDEKTSV4RRFFQ69G5FAV');
    const answer = await send(guard === 'public' ? t.nobody : t.admin, at, body, type);
    expect(answer.status).toBeLessThan(500);
    if (type !== form) expect(answer.status).toBe(400);
  });
});

test('[S32] nothing of it reached a prototype', () => {
  expect(({} as { is_admin?: unknown }).is_admin).toBeUndefined();
});
