import { afterAll, beforeAll, expect, test } from 'vitest';
import { admit } from '../../src/deploy/admission.ts';
import type { Asked, Gate } from '../../src/deploy/gates/gate.ts';
import { launch } from '../../src/deploy/launch.ts';
import { CedarError } from '../../src/errors.ts';
import * as operations from '../../src/store/operations.ts';
import * as users from '../../src/store/users.ts';
import { type Town, town } from '../web/people.ts';
import { type Shop, shopIn } from '../web/shop.ts';

let t: Town;
let asked: Asked;
let shop: Shop;
const ids: Record<string, string> = {};
const gate = (name: string, passable: boolean): Gate => ({
  name,
  judge: async () => ({ error: new CedarError(name, {}, 409), passable }),
});
const open: Gate = { name: 'open', judge: async () => null };

beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  const { test: project } = shop;
  for (const user of await users.all(t.db)) ids[user.username] = user.id;
  asked = {
    ...{ moment: 'launch', kind: 'deploy', relation: null, project, production: false },
    ...{ personId: ids.admin!, tokenId: null, ticketId: null, operationId: null },
  };
});
afterAll(() => t.end());

test('what no gate refuses is let in, and a refusal names the first gate', async () => {
  expect(await admit(t.db, asked, null, [open])).toBeNull();
  await expect(admit(t.db, asked, null, [open, gate('shut', true), gate('locked', true)])).rejects.toThrow(
    'shut',
  );
});

test('an admin goes past with a reason what may be passed, and nothing else', async () => {
  expect(await admit(t.db, asked, 'on fire', [gate('shut', true), gate('locked', true)])).toEqual({
    gates: ['shut', 'locked'],
    reason: 'on fire',
  });
  await expect(admit(t.db, asked, 'on fire', [gate('shut', true), gate('never', false)])).rejects.toThrow(
    'never',
  );
  const member = { ...asked, personId: ids.member! };
  await expect(admit(t.db, member, 'on fire', [gate('shut', true)])).rejects.toThrow('shut');
  await expect(admit(t.db, { ...asked, personId: null }, 'on fire', [gate('shut', true)])).rejects.toThrow(
    'shut',
  );
});

test('how it came to be let in is kept with the operation', async () => {
  const { test: project, hostIds } = shop;
  const by = { id: ids.admin!, username: 'admin', displayName: 'Admin' };
  const { id } = await launch(t.db, { kind: 'restart', projectId: project.id, hostIds, by, tokenId: null });
  const kept = await operations.byId(t.db, id);
  expect(kept?.admission).toEqual({ via: 'web', by: 'admin', tokenId: null, passed: null });
});
