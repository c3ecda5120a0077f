import { ulid } from 'ulid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { operationKinds } from '../../src/model/operation.ts';
import { defaultRules } from '../../src/model/window.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as operations from '../../src/store/operations.ts';
import * as placements from '../../src/store/placements.ts';
import * as windows from '../../src/store/windows.ts';
import { listen } from '../../src/web/listener.ts';
import { CedarCommand } from '../lab/cedar-command.ts';
import { program } from './api/programs.ts';
import { type Town, town } from './people.ts';
import { releaseOf, type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
let free: string;
let path: string;
const passed = (gate = 'window') => ({ gates: [gate], reason: 'on fire' });

beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  await t.grant({ config: true, deploy: true });
  const host = await hosts.add(t.db, { name: 'web3', address: '192.0.2.3', settings: {}, notes: null });
  await hosts.pin(t.db, host.id, { key: 'AAAA', fingerprint: 'SHA256:x', by: 'admin' });
  free = host.id;
  await releaseOf(t, shop.online);
  await windows.setRules(t.db, { ...defaultRules, kinds: [...operationKinds] });
  const scope = { kind: 'environment', id: 'online' } as const;
  await windows.add(t.db, { scope, zone: 'UTC', hours: '', extra: '2036-01-02 10:00-11:00' });
  path = `/projects/${shop.online.key}`;
});
beforeEach(() => t.db('locks').delete());
afterAll(() => t.end());

const idIn = (location: string | undefined) => location?.split('/').at(-1) ?? '';
const passedOf = async (id: string) => (await operations.byId(t.db, id))?.admission?.passed ?? null;
const placement = async () => (await placements.ofProject(t.db, shop.online.id))[0]!.id;

/** The forms of the pages that begin something. */
const forms = [
  ['put-back', async () => [`${path}/put-back`, { hosts: shop.hostIds }]],
  ['push-configuration', async () => [`${path}/push`, { hosts: shop.hostIds, reason: 'tidy' }]],
  ['add-host', async () => [`${path}/hosts`, { hostId: free, processes: '1' }]],
  ['expansion', async () => [`${path}/hosts`, { hostId: free, processes: '1', deploy: 'on' }]],
  ['remove-host', async () => [`${path}/hosts/${await placement()}/delete`, { reason: 'old' }]],
  ['clean-cache', async () => [`${path}/clean-cache`, {}]],
] as const;

test.each(forms)(
  '[S30] %s: an admin is asked for a reason, with what was chosen, and passes with it',
  async (kind, form) => {
    const [address, fields] = (await form()) as unknown as [string, Record<string, string | string[]>];
    const chosen = { ...fields, idempotencyKey: ulid() };
    const seen = await t.member.post(address, { ...chosen, pass: 'let me' });
    expect(seen.text).not.toContain('name="pass"');
    expect(await t.db('operations').where({ kind })).toEqual([]);
    const asked = await t.admin.post(address, chosen);
    expect(asked.status).toBe(409);
    expect(asked.text).toContain('The window of online_shop is closed until');
    const form2 = /<form class="card[\s\S]*<\/form>/.exec(asked.text)?.[0] ?? '';
    expect(form2).toContain(`action="${address}"`);
    const again: Record<string, string[]> = {};
    for (const [, name, value] of form2.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g))
      if (name !== '_csrf') again[name!] = [...(again[name!] ?? []), value!];
    expect(again).toEqual(
      Object.fromEntries(Object.entries(chosen).map(([name, value]) => [name, [value].flat()])),
    );
    const begun = await t.admin.post(address, { ...again, pass: 'on fire' });
    expect(begun.status).toBe(303);
    const id = idIn(begun.headers.location);
    expect(await operations.byId(t.db, id)).toMatchObject({ kind, admission: { passed: passed() } });
    const row = await t
      .db('audit')
      .where({ action: `operation.${kind}`, result: 'ok' })
      .first();
    expect(JSON.parse(row.after).passed).toEqual(passed());
  },
);

test('[S30] a program passes with its admin’s reason wherever machines come and go', async () => {
  const [admin, member] = await Promise.all(
    (['admin', 'member'] as const).map((of) => program(t, { of, scopes: ['config', 'deploy', 'expand'] })),
  );
  const same = { project: shop.online.key, wait: false };
  const calls = [
    ['POST', '/expansion', { ...same, host: '192.0.2.77', pass: 'on fire' }],
    ['POST', '/reduced', { ...same, host: 'web1', pass: 'on fire' }],
    ['POST', `/api/v1${path}/placements`, { host: 'web3', pass: 'on fire' }],
    ['DELETE', `/api/v1${path}/placements/${await placement()}?pass=on%20fire`, undefined],
  ] as const;
  for (const [method, address, body] of calls) {
    await t.db('locks').delete();
    await t.db('operations').update({ state: 'failed', finished_at: 1 });
    expect((await member!.call(method, address).send(body)).body.code).toBe('window_closed');
    const begun = await admin!.call(method, address).send(body);
    expect([address, begun.status]).toEqual([address, 202]);
    expect(await passedOf(begun.body.taskid ?? begun.body.data?.taskid ?? begun.body.id)).toEqual(passed());
  }
});

test('[S30] cedar --pass: with an admin’s token a deploy and a reduction begin; without it they are refused', async () => {
  const listener = await listen(t.app, '127.0.0.1', 0);
  const { text } = await program(t, { scopes: ['deploy', 'expand', 'read'] });
  const cedar = (...args: string[]) =>
    new CedarCommand({ CEDAR_URL: listener.address, CEDAR_TOKEN: text }, [...args, '--no-wait', '--json']);
  try {
    for (const words of [
      ['deploy', shop.online.key],
      ['reduced', shop.online.key, 'web2'],
    ]) {
      await t.db('locks').delete();
      await t.db('operations').update({ state: 'failed', finished_at: 1 });
      const refused = cedar(...words);
      expect(await refused.ended).toBe(3);
      expect(refused.stderr).toContain('2036-01-02T10:00:00.000Z');
      const begun = cedar(...words, '--pass', 'on fire');
      expect([await begun.ended, begun.stderr]).toEqual([0, expect.any(String)]);
      expect(await passedOf(String(begun.json.id))).toEqual(passed());
    }
  } finally {
    await listener.close();
  }
});
