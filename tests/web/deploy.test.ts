import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as operations from '../../src/store/operations.ts';
import * as placements from '../../src/store/placements.ts';
import * as questions from '../../src/store/questions.ts';
import { recordPlacements } from '../lab/looks.ts';

import { type Browser, type Town, town } from './people.ts';
import { releaseOf, runIn, type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
});
afterAll(() => t.end());

const onlinePage = '/projects/online_shop';
const testPage = '/projects/test_shop';

function form(over: Record<string, string | string[]> = {}) {
  return { kind: 'deploy', hosts: shop.hostIds, ref: 'main', idempotencyKey: ulid(), ...over };
}

async function launched(who: Browser, path: string, fields: Record<string, string | string[]>) {
  const answer = await who.post(`${path}/operations`, fields, path);
  expect([answer.status, answer.text]).toEqual([303, expect.any(String)]);
  const operation = await operations.byId(t.db, answer.headers.location!.split('/').at(-1)!);
  await freed();
  return operation!;
}

async function freed(): Promise<void> {
  await t.db('locks').update({ operation_id: null, held_since: null, owner: null, expires_at: null });
  await t.db('operations').whereIn('state', ['queued', 'running']).update({ state: 'cancelled' });
}

test('a member deploys to test, to the hosts chosen', async () => {
  const operation = await launched(
    t.member,
    testPage,
    form({ hosts: [shop.hostIds[1]!], ref: 'v2', reason: 'try' }),
  );
  expect(operation).toMatchObject({ kind: 'deploy', ref: 'v2', reason: 'try', requestedName: 'member' });
  expect(operation.snapshot.hosts.map((host) => host.name)).toEqual(['web2']);
});

test('production needs the deploy grant; an outsider finds no project at all', async () => {
  await t.outsider.get(onlinePage).expect(404);
  await t.outsider.get(`${onlinePage}/history`).expect(404);
  expect((await t.outsider.post(`${onlinePage}/operations`, form())).status).toBe(404);
  const page = await t.member.get(onlinePage).expect(200);
  expect(page.text).toContain('needs the deploy grant');
  expect(page.text).not.toContain('value="rollback"');
  expect((await t.member.post(`${onlinePage}/operations`, form())).status).toBe(403);
  await t.grant({ config: false, deploy: true });
  await launched(t.member, onlinePage, form());
  await t.grant({ config: false, deploy: false });
});

test('a double click is one operation', async () => {
  const fields = form();
  const answers = await Promise.all(
    [1, 2, 3].map(() => t.member.post(`${testPage}/operations`, fields, testPage)),
  );
  expect(new Set(answers.map((answer) => answer.headers.location)).size).toBe(1);
  expect(answers.map((answer) => answer.status)).toEqual([303, 303, 303]);
  await freed();
});

test('a locked project answers 409 with who and since when, and keeps what was chosen', async () => {
  const run = await runIn(t, shop, shop.test, { kind: 'restart' });
  const fields = form({ ref: 'my-branch', hosts: [shop.hostIds[1]!], reason: 'urgent' });
  const answer = await t.member.post(`${testPage}/operations`, fields, testPage);
  expect(answer.status).toBe(409);
  expect(answer.text).toMatch(/Ada holds this project: Restart, since .*20\d\d/);
  expect(answer.text).toContain('value="my-branch"');
  expect(answer.text).toContain('value="urgent"');
  const checked = [...answer.text.matchAll(/name="hosts" value="(\w+)"[^>]*checked/g)].map(
    (match) => match[1],
  );
  expect(checked).toEqual([shop.hostIds[1]]);
  expect((await t.member.get(testPage)).text).toContain(`/operations/${run.operation.id}/unlock`);
  await run.finish('succeeded');
});

test.each([
  ['no host', { hosts: [] as string[] }],
  ['an option for a ref', { ref: '--upload-pack=x' }],
  ['a range for a ref', { ref: 'a..b' }],
  ['a strange kind', { kind: 'unlock' }],
  ['a rollback without a release', { kind: 'rollback' }],
  ['a host id that is none', { hosts: ['../x'] }],
])('%s comes back with the message, and nothing starts', async (_name, over) => {
  const before = await t.db('operations').count({ n: '*' }).first();
  const answer = await t.member.post(`${testPage}/operations`, form(over), testPage);
  expect(answer.status).toBe(422);
  expect(await t.db('operations').count({ n: '*' }).first()).toEqual(before);
});

test('a host without the project, and a release of another project, are refused [S25] [S40]', async () => {
  const stranger = await t.member.post(`${testPage}/operations`, form({ hosts: [ulid()] }), testPage);
  expect(stranger.status).toBe(400);
  const release = await releaseOf(t, shop.online);
  const other = form({ kind: 'rollback', releaseId: release.id });
  expect((await t.member.post(`${testPage}/operations`, other, testPage)).status).toBe(422);
});

test('rolls back to a kept release, quickly when wished; restarts; stops', async () => {
  const release = await releaseOf(t, shop.test, { name: 'good-one', badAt: 5 });
  const page = await t.member.get(testPage);
  for (const text of ['good-one', 'good</span>', 'failed</span>']) expect(page.text).toContain(text);
  const back = form({ kind: 'rollback', releaseId: release.id });
  expect(await launched(t.member, testPage, back)).toMatchObject({ kind: 'rollback', releaseId: release.id });
  const fast = { ...back, fast: 'on', idempotencyKey: ulid() };
  expect(await launched(t.member, testPage, fast)).toMatchObject({ kind: 'fast-rollback' });
  for (const kind of ['restart', 'stop'])
    expect(await launched(t.member, testPage, form({ kind }))).toMatchObject({ kind, ref: null });
});

test('shows the plan before the button, and states as they are: a stale one is unknown, never green', async () => {
  const release = await releaseOf(t, shop.test, { name: 'now-running', subject: 'Fix the cart' });
  const placed = await placements.ofProject(t.db, shop.test.id);
  const seen = { since: null, message: null, processes: [], release: release.id };
  await recordPlacements(t.db, [
    { ...seen, placementId: placed[0]!.id, state: 'running' },
    { ...seen, placementId: placed[1]!.id, state: 'running' },
  ]);
  await t.db('placement_states').where({ placement_id: placed[1]!.id }).update({ checked_at: 1 });
  const page = await t.member.get(testPage);
  for (const text of ['Ship and verify the release', 'Restart, process 2', 'now-running', 'Fix the cart'])
    expect(page.text).toContain(text);
  expect(page.text.match(/class="op-live op-live-running"/g)).toHaveLength(1);
  expect(page.text.match(/class="op-live op-live-unknown"/g)).toHaveLength(1);
});

test('tells that a host runs something else than was put there', async () => {
  const [put, other] = [
    await releaseOf(t, shop.online, { name: 'put-there' }),
    await releaseOf(t, shop.online),
  ];
  const run = await runIn(t, shop, shop.online);
  await run.host(shop.hostIds[0]!, { state: 'done', releaseAfter: put.id });
  await run.finish('succeeded');
  const [first] = await placements.ofProject(t.db, shop.online.id);
  const seen = { since: null, message: null, processes: [], state: 'running' as const };
  await recordPlacements(t.db, [{ ...seen, placementId: first!.id, release: `${other.id}.abc1` }]);
  const page = await t.admin.get(onlinePage);
  expect(page.text).toContain('differs: put-there was put here last');
});

test('asks for branches and commits, and shows what comes in and what is left out', async () => {
  const asked = await t.member.post(`${testPage}/changes`, { ref: 'feature' }, testPage);
  expect(asked.status).toBe(303);
  expect((await t.member.get(asked.headers.location!)).text).toContain('are being looked up');
  const [question] = (await questions.claim(t.db, ulid(), 5)).filter((one) => one.kind === 'commits');
  expect(question?.args).toMatchObject({ to: 'feature', gitUrl: shop.test.gitUrl });
  const commit = { commit: 'b'.repeat(40), subject: 'Add <b>', author: 'Bo', at: 1 };
  await questions.answer(t.db, question!.id, {
    target: { ...commit, committedAt: 1 },
    in: [commit],
    out: [{ ...commit, subject: 'Lost work' }],
    files: [{ status: 'M', path: 'src/cart.js' }],
  });
  const page = await t.member.get(asked.headers.location!);
  for (const text of ['Add &lt;b&gt;', 'Lost work', 'left out', 'src/cart.js', 'value="feature"'])
    expect(page.text).toContain(text);
  await t.outsider.get(`${testPage}/changes/${question!.id}`).expect(404);
});

test('the list names the projects that one may see', async () => {
  expect((await t.member.get('/deploy')).text).toContain('/projects/online_shop');
  expect((await t.outsider.get('/deploy')).text).not.toContain('online_shop');
});
