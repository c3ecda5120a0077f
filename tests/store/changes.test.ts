import { ulid } from 'ulid';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChangeEvent, NoticeBody } from '../../src/model/notice.ts';
import type { Project } from '../../src/model/project.ts';
import * as channels from '../../src/store/channels.ts';
import * as journal from '../../src/store/journal.ts';
import * as pauses from '../../src/store/pauses.ts';
import { writing } from '../../src/store/transaction.ts';
import { type Town, town } from '../web/people.ts';
import { type Run, runIn, type Shop, shopIn } from '../web/shop.ts';

const towns: Town[] = [];
let t: Town;
let shop: Shop;
let channel: Record<'group' | 'sre' | 'all' | 'own' | 'others', string>;

beforeEach(async () => {
  t = await town({}, undefined, { signedIn: false });
  towns.push(t);
  shop = await shopIn(t);
  const add = (kind: string, name: string, groupId: string | null) =>
    channels.add(t.db, { kind, name, groupId, options: {} });
  channel = {
    group: await add('dingtalk', 'group', null),
    sre: await add('dingtalk', 'sre', null),
    all: await add('webhook', 'all', null),
    own: await add('webhook', 'own', t.groupId),
    others: await add('webhook', 'others', ulid()),
  };
  await channels.choose(t.db, `group:${t.groupId}`, channel.group);
  await channels.choose(t.db, 'sre', channel.sre);
});
afterAll(() => Promise.all(towns.map((one) => one.end())));

const begin = (of: Project, kind: 'deploy' | 'expansion' | 'reduction' | 'prepare' | 'restart' = 'deploy') =>
  runIn(t, shop, of, { kind, reason: 'because' });

async function heard(by: keyof typeof channel): Promise<NoticeBody[]> {
  const rows = await t.db('notices').where({ channel_id: channel[by] }).orderBy('id');
  return rows.map((row) => JSON.parse(row.body));
}
const typesOf = async (by: keyof typeof channel) => (await heard(by)).map(({ event }) => event?.type);

describe('robots', () => {
  test('hear the end alone, of production alone', async () => {
    const run = await begin(shop.online, 'restart');
    expect(await heard('group')).toEqual([]);
    await run.finish('succeeded');
    await (await begin(shop.test, 'restart')).finish('succeeded');
    const [body, ...more] = await heard('group');
    expect(more).toEqual([]);
    expect(body?.told?.title.detail).toMatchObject({ project: 'online_shop', kind: { key: 'kind.restart' } });
    expect(body?.told?.urgent).toBe(false);
    expect(await heard('sre')).toEqual([]);
  });

  test.each(['expansion', 'reduction'] as const)(
    'of the SRE team hear an %s with its reason and time',
    async (kind) => {
      const run = await begin(shop.online, kind);
      await run.finish('failed', { ...failure, detail: { host: 'web1' } });
      const [body] = await heard('sre');
      const lines = body?.told?.lines.map(({ key }) => key.replace('notice.line.', ''));
      expect(lines).toEqual(expect.arrayContaining(['hosts', 'operator', 'time', 'reason', 'failure']));
      expect(body?.told?.urgent).toBe(true);
      expect(await heard('group')).toHaveLength(1);
    },
  );

  test('hear nothing of what touches no host', async () => {
    await (await begin(shop.online, 'prepare')).finish('succeeded');
    expect(await heard('group')).toEqual([]);
  });

  test('that serve both are told once', async () => {
    await channels.choose(t.db, 'sre', channel.group);
    await (await begin(shop.online, 'expansion')).finish('succeeded');
    expect(await heard('group')).toHaveLength(1);
  });
});

const failure = {
  ...{ code: 'crashed', detail: { times: 3 }, stepKey: null, hostId: null, exitCode: null, signal: null },
  ...{ tail: 'the tail stays here', programTail: '' },
};

describe('receivers of changes', () => {
  test('hear every state once, each wait anew, and only of their group', async () => {
    const run = await begin(shop.test);
    await journal.startOperation(t.db, run.lease);
    await waitAndGoOn(run);
    await waitAndGoOn(run);
    await run.finish('failed', failure);
    const all = ['queued', 'running', 'paused', 'queued', 'running', 'paused', 'queued', 'running', 'failed'];
    expect(await typesOf('all')).toEqual(all.map((state) => `operation.${state}`));
    expect(await typesOf('own')).toEqual(all.map((state) => `operation.${state}`));
    expect(await typesOf('others')).toEqual([]);
  });

  test('are told what the documentation promises, and no output', async () => {
    const run = await begin(shop.online);
    await run.finish('failed', failure);
    const event = (await heard('all')).at(-1)?.event as ChangeEvent;
    expect(Object.keys(event.data).sort()).toEqual(
      (
        'commit created_at environment failure finished_at from_operation group hosts kind operation production ' +
        'project reason ref relation release requested_by started_at state'
      ).split(' '),
    );
    expect(event.data).toMatchObject({
      ...{ project: 'online_shop', environment: 'online', production: true, state: 'failed', ref: 'main' },
      hosts: [{ name: 'web1' }, { name: 'web2' }],
      failure: { code: 'crashed' },
    });
    expect(JSON.stringify(event)).not.toContain('the tail');
    expect(Date.parse(event.timestamp)).toBeGreaterThan(0);
  });

  test('hear nothing of an end that was not written', async () => {
    const run = await begin(shop.test);
    const before = (await heard('all')).length;
    const dead = { ...run.lease, fence: run.lease.fence - 1 };
    await expect(
      journal.fenced(t.db, dead, (trx) => journal.finish(trx, dead, 'succeeded', null)),
    ).rejects.toThrow();
    expect(await heard('all')).toHaveLength(before);
  });
});

async function waitAndGoOn({ lease, operation }: Run): Promise<void> {
  await writing(t.db, (trx) => pauses.pause(trx, lease, null, true));
  await pauses.resume(t.db, operation.id, 'ada');
  await t
    .db('locks')
    .where({ operation_id: operation.id })
    .update({ owner: lease.owner, fence: lease.fence });
  await journal.startOperation(t.db, lease);
}
