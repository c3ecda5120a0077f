import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as locks from '../../src/store/locks.ts';
import * as operations from '../../src/store/operations.ts';
import { type Town, town } from './people.ts';
import { type Run, releaseOf, runIn, type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
});
afterAll(() => t.end());

const failure = {
  ...{ code: 'process_not_running', detail: { state: 'FATAL' }, exitCode: 3, signal: null },
  ...{ tail: '\u001b[31mboom\u001b[0m <b>', programTail: 'Error: port in use' },
};

/** A deploy that failed on the second host. */
async function failed(on = shop.online): Promise<Run> {
  const before = await releaseOf(t, on, { name: `the-one-before-${ulid()}` });
  const run = await runIn(t, shop, on);
  const [one, two] = shop.hostIds as [string, string];
  await run.host(one, { state: 'done', releaseBefore: before.id, releaseAfter: ulid() });
  await run.host(two, { state: 'failed', releaseBefore: before.id });
  await run.begin(`state@${two}#0`);
  await run.end(`state@${two}#0`, 'failed');
  await run.finish('failed', { ...failure, stepKey: `state@${two}#0`, hostId: two });
  return run;
}

test('the page shows hosts by steps, with the log of the step that runs', async () => {
  const run = await runIn(t, shop, shop.test, { ref: 'v1', reason: 'because <i>' });
  await run.begin('build');
  await run.say('build', 'one\n\u001b[32mgreen\u001b[0m <script>alert(1)</script>\n');
  const page = await t.member.get(run.path).expect(200);
  for (const text of ['web1', 'web2', 'Build', 'Restart, process 2', 'because &lt;i&gt;', 'op-step-intent'])
    expect(page.text).toContain(text);
  expect(page.text).toContain('<span class="a-fg-2">green</span>');
  expect(page.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page.text).not.toContain('<script>alert(1)');
  await run.finish('succeeded');
});

test('a failed one tells what, where and how it ended, with the buttons that make sense', async () => {
  const run = await failed();
  const page = await t.admin.get(run.path).expect(200);
  for (const text of [
    'exit code 3',
    'on web2',
    'boom &lt;b&gt;',
    'Error: port in use',
    'Retry web2',
    'the-one-before',
  ])
    expect(page.text).toContain(text);
  expect(page.text).not.toContain(`${run.path}/cancel`);
  expect(page.text).not.toContain(`${run.path}/unlock`);
  expect(page.text).not.toContain(`${run.path}/resume`);
});

test('retry starts the same release on the failed hosts alone, once however often it is pressed', async () => {
  const run = await failed();
  const release = await releaseOf(t, shop.online);
  await t.db('operations').where({ id: run.operation.id }).update({ release_id: release.id });
  const form = { idempotencyKey: ulid() };
  const [one, two] = await Promise.all([
    t.admin.post(`${run.path}/retry`, form, run.path),
    t.admin.post(`${run.path}/retry`, form, run.path),
  ]);
  expect(one.status).toBe(303);
  expect(two.headers.location).toBe(one.headers.location);
  const next = await operations.byId(t.db, one.headers.location!.split('/').at(-1)!);
  expect(next).toMatchObject({ relation: 'retry', fromOperation: run.operation.id, releaseId: release.id });
  expect(next?.snapshot.hosts.map((host) => host.name)).toEqual(['web2']);
  await freed(next!.id);
});

test('resume takes the hosts that are not done', async () => {
  const run = await runIn(t, shop, shop.test, { ref: 'v2' });
  await run.host(shop.hostIds[0]!, { state: 'done' });
  await run.finish('cancelled');
  const answer = await t.member.post(`${run.path}/resume`, { idempotencyKey: ulid() }, run.path);
  const next = await operations.byId(t.db, answer.headers.location!.split('/').at(-1)!);
  expect(next).toMatchObject({ kind: 'deploy', relation: 'resume', ref: 'v2' });
  expect(next?.snapshot.hosts.map((host) => host.name)).toEqual(['web2']);
  await freed(next!.id);
});

test('rolling back the touched hosts names the release that ran before, and no other', async () => {
  const run = await failed();
  const page = await t.admin.get(run.path);
  const releaseId = /name="releaseId" value="(\w+)"/.exec(page.text)![1]!;
  const form = { idempotencyKey: ulid(), releaseId };
  const answer = await t.admin.post(`${run.path}/rollback`, form, run.path);
  const next = await operations.byId(t.db, answer.headers.location!.split('/').at(-1)!);
  expect(next).toMatchObject({ kind: 'rollback', relation: 'rollback', releaseId });
  expect(next?.snapshot.hosts).toHaveLength(2);
  await freed(next!.id);
  const other = await releaseOf(t, shop.online);
  const refused = await t.admin.post(
    `${run.path}/rollback`,
    { idempotencyKey: ulid(), releaseId: other.id },
    run.path,
  );
  expect(refused.status).toBe(422);
});

test('cancel is asked for once and audited; a live one can be unlocked with a reason, not without', async () => {
  const run = await runIn(t, shop, shop.test);
  const cancel = (cancelReason: string) => t.member.post(`${run.path}/cancel`, { cancelReason }, run.path);
  expect((await cancel(' ')).status).toBe(422);
  for (const _ of [1, 2]) expect((await cancel('the wrong branch')).status).toBe(303);
  const audited = await t.db('audit').where({ action: 'operation.cancel' });
  expect(audited.map(({ reason }) => reason)).toEqual(['the wrong branch']);
  expect((await t.member.get(run.path)).text).toContain('member asked to cancel');
  expect((await t.member.post(`${run.path}/unlock`, { reason: ' ' }, run.path)).status).toBe(422);
  const answer = await t.member.post(`${run.path}/unlock`, { reason: 'worker lost' }, run.path);
  expect(answer.status).toBe(303);
  expect((await operations.byId(t.db, run.operation.id))?.state).toBe('abandoned');
  const next = answer.headers.location!.split('/').at(-1)!;
  expect((await locks.ofProject(t.db, shop.test.id))?.operationId).toBe(next);
  await freed(next);
});

test('while another operation holds the project, nothing starts and the page says who and since when', async () => {
  const run = await failed();
  const holder = await runIn(t, shop, shop.online, { kind: 'restart' });
  const answer = await t.admin.post(`${run.path}/retry`, { idempotencyKey: ulid() }, run.path);
  expect(answer.status).toBe(409);
  expect(answer.text).toMatch(/Ada holds this project: Restart, since .*20\d\d/);
  await holder.finish('succeeded');
});

test('an outsider finds nothing of it; a member without the deploy grant may watch production, not touch it', async () => {
  const run = await failed();
  const step = await run.step('build');
  for (const tail of ['', '/part', '/log?step=' + step.id, '/raw', '/raw?step=' + step.id, '/events'])
    await t.outsider.get(run.path + tail).expect(404);
  for (const deed of ['cancel', 'resume', 'retry', 'rollback', 'unlock']) {
    expect((await t.outsider.post(`${run.path}/${deed}`)).status).toBe(404);
    expect((await t.member.post(`${run.path}/${deed}`)).status).toBe(403);
  }
  const page = await t.member.get(run.path).expect(200);
  expect(page.text).not.toContain(`${run.path}/retry`);
});

/** Ends a queued operation, so that the next test finds the project free. */
async function freed(operationId: string): Promise<void> {
  await t.db('locks').where({ operation_id: operationId }).update({ operation_id: null, held_since: null });
  await t.db('operations').where({ id: operationId }).update({ state: 'cancelled' });
}
