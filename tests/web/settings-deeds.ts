import { ulid } from 'ulid';
import { giveUp } from '../../src/store/notices.ts';
import { put } from '../../src/store/outbox.ts';
import * as sessions from '../../src/store/sessions.ts';
import { formsIn } from '../security/forms-of-pages.ts';
import { Browser, password, type Town } from './people.ts';
import type { Shop } from './shop.ts';

type Form = Record<string, string | string[]>;
/** A deed that succeeds: its route, the action of its row, what stands for the route's parameters, and its form. */
export type Deed = [path: string, action: string, of?: Record<string, string | Promise<string>>, form?: Form];

const strategy = { strategyKind: 'canary', strategyBatch: '50%', strategyCanary: '1', strategyWait: '600' };
const file = { path: 'etc/a.conf', placed: 'after-build', source: 'text', url: '' };
const soon = () => new Date(Date.now() + 3_600_000).toISOString().slice(0, 16);

/** Deeds of the settings pages: each sends its page's form as it is shown, with something else in one field. */
export async function* settingsDeeds(t: Town, shop: Shop): AsyncGenerator<Deed> {
  const { key: project, id: projectId } = shop.test;
  const shown = async (page: string, over: Form, action = page): Promise<Form> => {
    const { text } = await t.admin.get(page).expect(200);
    return { ...formsIn(text, page).find(([to]) => to === action)?.[1], ...over };
  };
  const place = `/projects/${project}`;
  const free = () => t.db('locks').delete();
  yield [
    '/projects/:project/strategy',
    'project.strategy',
    { project },
    await shown(`${place}/strategy`, strategy),
  ];
  const hook = { 'command_before-switch': 'true' };
  yield ['/projects/:project/hooks', 'project.hooks', { project }, await shown(`${place}/hooks`, hook)];
  const path = { checkPath: '/ready' };
  yield ['/projects/:project/traffic', 'project.traffic', { project }, await shown(`${place}/traffic`, path)];
  const own = await shown(`${place}/template`, {});
  const template = String(own.template).replace(/^autorestart.*$/m, 'autorestart=unexpected');
  yield ['/projects/:project/template', 'project.template', { project }, { ...own, template }];
  const back = await shown(`${place}/template`, {}, `${place}/template/reset`);
  yield ['/projects/:project/template/reset', 'project.template', { project }, back];
  const rules = { enabled: 'on', branches: 'main', everywhere: 'on' };
  yield ['/projects/:project/webhooks', 'project.webhooks', { project }, rules];
  yield ['/projects/:project/files', 'project.files', { project }, { ...file, text: 'a', seen: '' }];
  const { text_id: seen } = await t.db('project_files').where({ project_id: projectId }).first('text_id');
  yield ['/projects/:project/files', 'project.files', { project }, { ...file, text: 'b', seen }];
  yield ['/projects/:project/files/delete', 'project.files', { project }, { path: file.path }];
  const environment = 'test';
  const ranges = { ranges: '10.0.0.0/8' };
  yield ['/environments/:environment/ranges', 'environment.ranges', { environment }, ranges];
  await free();
  const copy = { environment: 'online', name: 'copy', groupId: t.groupId };
  yield ['/projects/:project/clone', 'operation.clone', { project }, copy];
  await free();
  const order = { kind: 'restart', hosts: shop.hostIds, reason: 'why' };
  const now = { ...order, idempotencyKey: ulid() };
  yield ['/projects/:project/operations', 'operation.restart', { project }, now];
  const later = { ...order, idempotencyKey: ulid(), at: soon(), grace: '5' };
  yield ['/projects/:project/schedules', 'schedule.add', { project }, later];
  const { id: schedule } = await t.db('schedules').first('id');
  yield ['/projects/:project/schedules/:schedule/withdraw', 'schedule.withdraw', { project, schedule }];
  const { id: placement } = await t.db('placements').where({ project_id: projectId }).first('id');
  const one = { processes: '1' };
  yield ['/projects/:project/hosts/:placement', 'placement.change', { project, placement }, one];
  const { id: channel } = await t.db('channels').first('id');
  yield ['/notices/channels/:channel/test', 'channel.test', { channel }];
  yield ['/notices/audiences', 'notice.audiences', {}, { sre: channel, [`group_${t.groupId}`]: '' }];
  const notice = await undelivered(t, channel);
  yield ['/notices/:notice/again', 'notice.again', { notice }];
}

/** Deeds on sessions, one's own at the end. */
export async function* sessionDeeds(t: Town): AsyncGenerator<Deed> {
  const another = async (username: string) => {
    await new Browser(t.app).signIn(username);
    const { id: user } = await t.db('users').where({ username }).first('id');
    return { user, session: (await sessions.ofUser(t.db, user))[0]?.name ?? 'none' };
  };
  yield ['/profile/sessions/:session/end', 'session.end', await another('admin')];
  yield ['/people/:user/sessions/:session/end', 'session.end', await another('member')];
  const fresh = { password: 'another long secret', again: 'another long secret' };
  yield ['/profile/password', 'profile.password', {}, { current: password, ...fresh }];
  yield ['/profile/sign-out-everywhere', 'session.end-all'];
  await t.admin.signIn('admin', fresh.password);
  yield ['/sign-out', 'session.end'];
}

async function undelivered(t: Town, channelId: string): Promise<string> {
  const title = { key: 'notice.test', detail: { name: 'x', by: 'y' } };
  const body = { told: { title, lines: [title], path: null } };
  const id = await put(t.db, { channelId, topic: 'test', dedupeKey: ulid(), body, operationId: null });
  await giveUp(t.db, [String(id)], 'nobody hears it');
  return String(id);
}
