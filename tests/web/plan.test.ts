import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as operations from '../../src/store/operations.ts';
import * as projects from '../../src/store/projects.ts';
import { type Town, town } from './people.ts';
import { answerAll, changes, commit, compared } from './planned.ts';
import { releaseOf, type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
});
afterAll(() => t.end());

const path = '/projects/online_shop';

async function planPage(): Promise<string> {
  const asked = await t.admin.post(`${path}/plan`, { ref: 'main', hosts: shop.hostIds }, path);
  expect(asked.status).toBe(303);
  return asked.headers.location!;
}

test('the plan is looked up, shown, and starts exactly what was shown', async () => {
  const good = await releaseOf(t, shop.online, { name: 'runs-now' });
  const address = await planPage();
  const early = await t.admin.get(address).expect(200);
  expect(early.text, 'asks again by itself').toContain('hx-trigger="load delay:500ms"');
  expect(early.text, 'nothing to press before the commit is known').not.toContain('value="prepare"');
  const one = compared(shop.hostIds[0]!, { current: good.id, wayBack: { releaseId: good.id, held: true } });
  const two = compared(shop.hostIds[1]!, {
    problem: { code: 'ssh_refused', detail: { host: 'web2' } },
  });
  await answerAll(t.db, {
    commits: changes([{ status: 'M', path: 'a/<i>.js' }]),
    comparison: { hosts: [one, two] },
  });
  const { text } = await t.admin.get(address).expect(200);
  expect(text).not.toContain('hx-trigger="load delay:500ms"');
  for (const shown of ['&lt;b&gt;Bold', 'a/&lt;i&gt;.js', 'runs-now', 'online_shop:online_shop_5000', '+new'])
    expect(text).toContain(shown);
  expect(text).toContain('the host holds it');
  const value = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
  expect(value('commit')).toBe(commit);
  const form = { kind: 'deploy', ref: 'main', commit, decided: value('decided'), hosts: shop.hostIds };
  const prepare = { ...form, kind: 'prepare', idempotencyKey: ulid() };
  const prepared = await t.admin.post(`${path}/operations`, prepare, path);
  expect(prepared.headers.location, prepared.text).toContain('/operations/');
  await freed();
  const preparation = prepared.headers.location!.split('/').at(-1)!;
  const facts = JSON.stringify({ configCommit: 'c'.repeat(40) });
  await t.db('operations').where({ id: preparation }).update({ state: 'succeeded', facts });
  const shown = await t.admin.get(`${address}&prepared=${preparation}`).expect(200);
  expect(shown.text).toContain(`name="prepared" value="${preparation}"`);
  const pressed = { ...form, prepared: preparation, idempotencyKey: ulid() };
  const answer = await t.admin.post(`${path}/operations`, pressed, path);
  expect(answer.status, answer.text).toBe(303);
  const operation = await operations.byId(t.db, answer.headers.location!.split('/').at(-1)!);
  expect(operation).toMatchObject({ ref: 'main', decision: value('decided') });
  expect(operation?.snapshot.params).toMatchObject({ commit, configCommit: 'c'.repeat(40) });
  await freed();
});

test('what was changed after the plan was shown is not started, and says so', async () => {
  const address = await planPage();
  await answerAll(t.db, {
    commits: changes(),
    comparison: { hosts: shop.hostIds.map((id) => compared(id)) },
  });
  const { text } = await t.admin.get(address).expect(200);
  const decided = /name="decided" value="([0-9a-f]{64})"/.exec(text)![1]!;
  const { id, revision, settings } = (await projects.byId(t.db, shop.online.id))!;
  await projects.update(t.db, id, revision, {
    settings: { ...settings, build: { ...settings.build, command: 'true' } },
  });
  const form = { kind: 'deploy', ref: 'main', commit, decided, hosts: shop.hostIds };
  const answer = await t.admin.post(`${path}/operations`, { ...form, idempotencyKey: ulid() }, path);
  expect(answer.status).toBe(409);
  expect(answer.text).toContain('The plan has changed since it was shown');
  expect(await operations.live(t.db)).toEqual([]);
});

test('a rollback is shown in the same way, with the files of a release that is there already', async () => {
  const old = await releaseOf(t, shop.online, { name: 'older' });
  const form = { ref: 'main', hosts: shop.hostIds, plan: 'rollback', releaseId: old.id };
  const asked = await t.admin.post(`${path}/plan`, form, path);
  const counts = { added: 0, changed: 0, removed: 1, same: 7 };
  const files = { added: [], changed: [], removed: ['gone.txt'], counts };
  await answerAll(t.db, {
    commits: changes(),
    comparison: { hosts: [compared(shop.hostIds[0]!, { files })] },
  });
  const { text } = await t.admin.get(asked.headers.location!).expect(200);
  for (const shown of ['Roll back to older', 'gone.txt', '1 removed']) expect(text).toContain(shown);
  const decided = /name="decided" value="([0-9a-f]{64})"/.exec(text)![1]!;
  const press = { kind: 'rollback', releaseId: old.id, decided, hosts: shop.hostIds, ref: 'main' };
  const answer = await t.admin.post(`${path}/operations`, { ...press, idempotencyKey: ulid() }, path);
  expect(answer.status, answer.text).toBe(303);
  await freed();
  const foreign = await t.admin.post(`${path}/plan`, { ...form, releaseId: ulid() }, path);
  expect(foreign.status).toBe(422);
});

test("a run's own strategy is part of what is shown and of what runs", async () => {
  const own = {
    ...{ ownStrategy: 'on', strategyKind: 'canary', strategyBatch: '50%', strategyCanary: '1' },
    ...{ strategyWait: '0', strategyWell: '0', strategyFailures: '0', strategyEnd: 'roll-back' },
  };
  const form = { ref: 'main', hosts: shop.hostIds };
  const wrong = await t.admin.post(`${path}/plan`, { ...form, ...own, strategyBatch: '0' }, path);
  expect(wrong.status).toBe(422);
  const asked = await t.admin.post(`${path}/plan`, { ...form, ...own }, path);
  await answerAll(t.db, { commits: changes(), comparison: { hosts: [] } });
  const { text } = await t.admin.get(asked.headers.location!).expect(200);
  const fields = Object.fromEntries(
    [...text.matchAll(/type="hidden" name="(strategy\w+|ownStrategy|decided)" value="([^"]*)"/g)].map(
      ([, name, value]) => [name, value!],
    ),
  );
  expect(fields).toMatchObject(own);
  const press = { kind: 'deploy', commit, ...form, ...fields, idempotencyKey: ulid() };
  const answer = await t.admin.post(`${path}/operations`, press, path);
  expect(answer.status, answer.text).toBe(303);
  const operation = await operations.byId(t.db, answer.headers.location!.split('/').at(-1)!);
  expect(operation?.snapshot.project.settings.strategy).toMatchObject({
    kind: 'canary',
    onFailure: 'roll-back',
  });
  await freed();
  const without = await t.admin.post(
    `${path}/operations`,
    { kind: 'deploy', commit, ...form, decided: fields.decided!, idempotencyKey: ulid() },
    path,
  );
  expect(without.status, 'another strategy is another decision').toBe(409);
});

test('hosts are chosen and refs judged before anything is asked', async () => {
  const none = await t.admin.post(`${path}/plan`, { ref: 'main' }, path);
  expect([none.status, none.text]).toEqual([422, expect.stringContaining('</html>')]);
  const bad = await t.admin.post(`${path}/plan`, { ref: '--output=x', hosts: shop.hostIds }, path);
  expect(bad.status).toBe(422);
  expect(bad.text).toContain('value="--output=x"');
});

test('one file is compared on demand, and only between whole commits', async () => {
  const from = 'a'.repeat(40);
  const asked = await t.admin.post(`${path}/diff`, { from, to: commit, path: 'a.js' }, path);
  expect(asked.text).toContain('hx-get="/projects/online_shop/diff/');
  await answerAll(t.db, { diff: { text: '-<script>\n+b', more: 3 } });
  const again = await t.admin.post(`${path}/diff`, { from, to: commit, path: 'a.js' }, path);
  expect(again.text).toContain('-&lt;script&gt;');
  const hostile = await t.admin.post(`${path}/diff`, { from, to: '--output=x', path: 'a.js' }, path);
  expect(hostile.status).toBe(422);
});

test('a plan of another project is not shown through this one', async () => {
  const address = await planPage();
  await answerAll(t.db, { commits: changes(), comparison: { hosts: [compared(shop.hostIds[0]!)] } });
  const look = new URL(address, 'http://x').searchParams.get('look')!;
  const other = await t.admin.get(`/projects/test_shop/plan?hosts=${shop.hostIds[0]}&look=${look}`);
  expect(other.text).not.toContain('+new');
});

async function freed(): Promise<void> {
  await t.db('locks').update({ operation_id: null, held_since: null, owner: null, expires_at: null });
  await t.db('operations').whereIn('state', ['queued', 'running']).update({ state: 'cancelled' });
}
