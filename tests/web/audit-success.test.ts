import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from '../../src/deploy/launch.ts';
import * as placements from '../../src/store/placements.ts';
import { allRoutes } from '../../src/web/routes.ts';
import { alarmOf } from './alarmed.ts';
import { operationDeeds, ticketDeeds } from './operation-deeds.ts';
import { type Town, town } from './people.ts';
import { type Deed, sessionDeeds, settingsDeeds } from './settings-deeds.ts';
import { hostFields, projectFields, projectSettings, settingFields } from './setup-forms.ts';
import { type Shop, shopIn } from './shop.ts';

/** Nothing of the console is changed by these: they ask a worker, look, or keep a wish of the session. */
const asks = [
  ...['/projects/:project/template/preview', '/projects/:project/push/compare', '/projects/:project/refs'],
  ...[
    '/projects/:project/changes',
    '/projects/:project/plan',
    '/projects/:project/diff',
    '/projects/:project/processes/:placement/log',
    '/hosts/:host/test',
  ],
  ...[
    '/hosts/:host/key',
    '/projects/:project/hosts/:placement/adoption',
    '/git-servers',
    '/tickets/:ticket/look',
  ],
  ...['release', 'process', 'configuration'].map((what) => `/drift/:placement/${what}/look`),
  ...['/language', '/directory/test', '/directory/try'],
];

/** Not called here: what they need is made by the tests of their pages, which look at their rows. */
const elsewhere = {
  'a worker’s answer or a machine': [
    ...['/hosts/:host/key/:question', '/git-servers/:question', '/arrivals/:arrival/accept'],
    ...['/arrivals/:arrival/forget', '/projects/:project/hosts/:placement/adoption/:question'],
    ...['/projects/:project/push', '/hosts/:host/test/:question/name', '/git-servers/forget'],
    '/projects/:project/waiting-push/withdraw',
  ],
  'processes that are out of traffic': ['/projects/:project/put-back'],
  'what is not as it was left': ['release', 'process', 'configuration'].map(
    (one) => `/drift/:placement/${one}`,
  ),
  'a ticket that was looked at': [
    ...['/tickets/:ticket/approve', '/tickets/:ticket/close', '/tickets/:ticket/run'],
  ],
  'somebody who is not signed in': ['/setup/:token', '/sign-in'],
};

const fresh = { password: 'a long enough secret', again: 'a long enough secret' };
const variables = { variables: 'LEVEL=debug' };
const name = { name: 'LEVEL' };
const lock = { reason: 'database moves', until: '2999-01-02T10:00' };
const hours = { zone: 'Asia/Shanghai', hours: 'mon-fri 10:00-18:00', extra: '' };
const freeze = { scope: 'everything:', from: '2030-01-01T00:00', to: '2030-01-02T00:00', reason: 'holidays' };
const robot = {
  ...{ kind: 'dingtalk', name: 'ops', groupId: '', option_token: 'canary-token', option_secret: 'SECcanary' },
  ...{ option_keyword: 'cedar', option_format: 'text', option_mobiles: '', option_gateway: '' },
};

let t: Town;
let shop: Shop;
beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
});
afterAll(() => t.end());

/** The newest row of a table. */
const newest = async (table: string, where: object = {}) =>
  String((await t.db(table).where(where).orderBy('id', 'desc').first('id'))?.id);

/** In the order in which they are done: each finds what those before it made. */
async function* deeds(): AsyncGenerator<Deed> {
  const project = shop.test.key;
  const placement = async () =>
    (await t.db('placements').where({ project_id: shop.online.id }).first('id')).id;
  const by = { id: ulid(), username: 'ada', displayName: 'Ada' };
  const { id: operation } = await launch(t.db, {
    ...{ kind: 'restart', projectId: shop.test.id, hostIds: shop.hostIds, by },
  });
  yield ['/operations/:operation/cancel', 'operation.cancel', { operation }, { cancelReason: 'too late' }];
  yield ['/operations/:operation/unlock', 'operation.unlock', { operation }, { reason: 'it hangs' }];
  yield ['/groups', 'group.add', {}, { name: 'new', notes: '' }];
  const { id: group } = await t.db('project_groups').where({ name: 'new' }).first('id');
  yield ['/groups/:group', 'group.change', { group }, { name: 'changed', notes: 'x' }];
  yield ['/groups/:group/tickets', 'group.tickets', { group }, { ticketNeeded: 'on' }];
  const people = { who: 'holders', admins: 'on' };
  yield ['/groups/:group/approvers', 'group.approvers', { group }, people];
  yield ['/projects/:project/approvers', 'project.approvers', { project }, people];
  yield ['/directory/groups', 'directory.group_add', {}, { name: 'ops', gives: 'admin' }];
  yield [
    '/directory/groups/:mapping/delete',
    'directory.group_remove',
    { mapping: newest('directory_groups') },
  ];
  yield ['/groups/:group/delete', 'group.remove', { group }];
  yield ['/people', 'user.add', {}, { username: 'spare', displayName: 'Spare', role: 'user', ...fresh }];
  const { id: user } = await t.db('users').where({ username: 'spare' }).first('id');
  yield ['/people/:user/grants', 'grant.change', { user }, { member: [t.groupId] }];
  yield ['/people/:user/grants/:group', 'grant.end', { user, group: t.groupId }, { last: '2030-01-01' }];
  yield ['/people/:user/role', 'user.role', { user }, { role: 'admin' }];
  yield ['/people/:user/password', 'user.password', { user }, fresh];
  yield ['/people/:user/sessions/end', 'session.end-all', { user }];
  yield ['/people/:user/disable', 'user.disable', { user }];
  yield ['/people/:user/enable', 'user.enable', { user }];
  const environment = 'pre';
  yield ['/environments', 'environment.add', {}, { name: environment, position: '5', ...settingFields() }];
  yield [
    '/environments/:environment',
    'environment.change',
    { environment },
    { position: '6', ...settingFields() },
  ];
  yield [
    '/environments/:environment/tickets',
    'environment.tickets',
    { environment },
    { ticketNeeded: 'on' },
  ];
  yield ['/environments/:environment/variables', 'environment.variables', { environment }, variables];
  yield ['/environments/:environment/variables/delete', 'environment.variables', { environment }, name];
  yield ['/environments/:environment/delete', 'environment.remove', { environment }];
  yield ['/windows/rules', 'window.rules', {}, { kinds: ['deploy'] }];
  yield ['/windows', 'window.add', {}, { scope: 'environment:online', ...hours }];
  const { id: window } = await t.db('windows').first('id');
  yield [
    '/windows/:window',
    'window.change',
    { window },
    { scope: 'environment:online', ...hours, zone: 'UTC' },
  ];
  yield ['/windows/:window/delete', 'window.remove', { window }];
  yield ['/freezes', 'freeze.add', {}, freeze];
  const { id: frozen } = await t.db('freezes').first('id');
  yield ['/freezes/:freeze', 'freeze.change', { freeze: frozen }, { ...freeze, reason: 'long holidays' }];
  yield ['/freezes/:freeze/delete', 'freeze.remove', { freeze: frozen }];
  const mute = { scope: 'everything:', reason: 'moving', from: '', until: '2999-01-02T10:00', hours: '' };
  yield ['/mutes', 'mute.add', {}, mute];
  yield ['/mutes/:mute/end', 'mute.end', { mute: newest('mutes') }];
  const [there] = await placements.ofProject(t.db, shop.test.id);
  const alarm = alarmOf(t.db, shop.test, there!);
  yield ['/alarms/:alarm/acknowledge', 'alarm.acknowledge', { alarm }, { note: 'on it' }];
  yield ['/locks', 'lock.set', {}, { scope: 'environment:online', ...lock }];
  yield ['/locks/:lock/lift', 'lock.lift', { lock: newest('hand_locks') }];
  yield ['/projects/:project/locks', 'lock.set', { project }, lock];
  await t.db('hand_locks').update({ by_admin: false });
  yield [
    '/projects/:project/locks/:lock/lift',
    'lock.lift',
    { project, lock: newest('hand_locks', { lifted_at: null }) },
  ];
  yield ['/hosts', 'host.add', {}, hostFields({ name: 'spare', address: '192.0.2.9' })];
  const { id: host } = await t.db('hosts').where({ name: 'spare' }).first('id');
  yield [
    '/hosts/:host',
    'host.change',
    { host },
    { name: 'spare2', address: '192.0.2.9', notes: '', ...settingFields() },
  ];
  yield ['/hosts/:host/delete', 'host.remove', { host }];
  yield ['/projects', 'project.add', {}, projectFields({ groupId: t.groupId, port: '6000' })];
  const { project_key: till, revision } = await t.db('projects').where({ name: 'till' }).first();
  const settings = projectSettings({ groupId: t.groupId, port: '6001', revision: String(revision) });
  yield ['/projects/:project/settings', 'project.change', { project: till }, settings];
  yield ['/projects/:project/variables', 'project.variables', { project }, variables];
  yield ['/projects/:project/variables/delete', 'project.variables', { project }, name];
  yield ['/projects/:project/clean-cache', 'operation.clean-cache', { project: shop.online.key }];
  await t.db('locks').delete();
  const [test] = await placements.ofProject(t.db, shop.test.id);
  const one = { process: 'test_shop:test_shop_4001', kind: 'stop-process' };
  const onIt = { project, placement: test!.id };
  yield ['/projects/:project/processes/:placement', 'operation.stop-process', onIt, one];
  await t.db('locks').delete();
  yield ['/projects/:project/webhooks/secret', 'project.webhook_secret', { project }];
  const { id: fourth } = await t.db('hosts').where({ name: 'web1' }).first('id');
  yield [
    '/projects/:project/hosts',
    'operation.add-host',
    { project: till },
    { hostId: fourth, processes: '1' },
  ];
  const online = { project: shop.online.key, placement: placement() };
  yield ['/projects/:project/hosts/:placement/variables', 'placement.variables', online, variables];
  yield ['/projects/:project/hosts/:placement/variables/delete', 'placement.variables', online, name];
  yield ['/projects/:project/hosts/:placement/delete', 'operation.remove-host', online];
  yield ['/notices/channels', 'channel.add', {}, robot];
  const { id: channel } = await t.db('channels').first('id');
  yield ['/notices/channels/:channel', 'channel.change', { channel }, { ...robot, name: 'renamed' }];
  yield ['/notices/channels/:channel/enable', 'channel.enable', { channel }];
  yield* settingsDeeds(t, shop);
  yield* operationDeeds(t, shop);
  yield* ticketDeeds(t, shop);
  const route = { kind: 'alarm', groupId: '', environment: '', channelId: channel };
  yield ['/notices/routes', 'route.add', {}, route];
  yield ['/notices/routes/:route/delete', 'route.remove', { route: newest('news_routes') }];
  yield ['/notices/channels/:channel/delete', 'channel.remove', { channel }];
  yield ['/profile', 'profile.change', {}, { displayName: 'A', language: '', theme: '', timeZone: '' }];
  const token = { name: 'x', scopes: ['read'], everywhere: 'on', addresses: '', days: '9' };
  yield ['/profile/tokens', 'token.make', {}, token];
  const { id: made } = await t.db('api_tokens').first('id');
  yield ['/profile/tokens/:token/revoke', 'token.revoke', { token: made }];
  await t.db('locks').delete();
  await t.db('placements').where({ project_id: shop.online.id }).delete();
  yield ['/projects/:project/delete', 'project.remove', { project: shop.online.key }];
  yield* sessionDeeds(t);
}

const done: string[] = [];

/** What a row tells of a change: what was, and what is, by the last word of its action. */
const tells: [RegExp, { before?: true; after?: true }][] = [
  [/\.(add|make|set|file|group_add)$/, { after: true }],
  [/\.(remove|group_remove|revoke|lift)$/, { before: true }],
  [/^operation\.(cancel|unlock)$|\.(webhook_secret|password|again|test|enable|disable|end-all)$/, {}],
  [/^operation\.|^session\.|^schedule\./, {}],
  // What was added had nothing before; the file's own tests look at the rest.
  [/^project\.files$/, { after: true }],
  [/./, { before: true, after: true }],
];

/** True where the row tells what its action has to, and the change is one. */
function tellsChange({
  action,
  before,
  after,
}: {
  action: string;
  before: string | null;
  after: string | null;
}) {
  const told = tells.find(([words]) => words.test(action))![1];
  return (
    (!told.before || before !== null) && (!told.after || after !== null) && (before !== after || !told.after)
  );
}

/** @returns what was wrong with the deed or its row; null: nothing */
async function wrongWith([path, action, of = {}, form = {}]: Deed): Promise<unknown> {
  done.push(path);
  const last = (await t.db('audit').max({ id: 'id' }).first())?.id ?? '';
  const parts = await Promise.all(
    path.split('/').map((part) => (part.startsWith(':') ? (of[part.slice(1)] ?? `no ${part}`) : part)),
  );
  const answer = await t.admin.post(parts.join('/'), form);
  const rows = await t.db('audit').where('id', '>', last);
  const row = rows.find((one) => one.action === action);
  const whole = { actor: 'admin', via: 'web', result: 'ok' };
  const is = row && { actor: row.actor, via: row.via, result: row.result };
  const complete = row?.object && row.ip && /^[0-9a-f-]{36}$/.test(row.request_id) && Number(row.at) > 0;
  if (answer.status < 400 && complete && tellsChange(row) && JSON.stringify(is) === JSON.stringify(whole))
    return null;
  return [
    path,
    answer.status,
    rows.map((one) => `${one.action} ${one.result} ${one.reason} ${one.before} → ${one.after}`).join(),
  ];
}

test('[S92] every deed that succeeds leaves a complete row: who, by which way, from where, what, under which request', async () => {
  const wrong: unknown[] = [];
  for await (const deed of deeds()) {
    const problem = await wrongWith(deed);
    if (problem) wrong.push(problem);
  }
  expect(wrong).toEqual([]);
  const there = allRoutes.filter(({ method }) => method === 'POST').map(({ path }) => path);
  const known = [...done, ...asks, ...Object.values(elsewhere).flat()];
  expect([...new Set(known)].sort()).toEqual(there.sort());
}, 60_000);
