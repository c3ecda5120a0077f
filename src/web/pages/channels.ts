import { z } from 'zod';
import { channelOf, channels as kinds } from '../../notify/index.ts';
import * as audit from '../../store/audit.ts';
import * as channels from '../../store/channels.ts';
import * as groups from '../../store/groups.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { draftOf, type Kind, refuseTwin } from '../setup/channel-form.ts';
import { optionFirst, optionViews } from '../setup/options-form.ts';
import { refused } from '../setup/refusal.ts';

export const routes = [
  get('/notices/channels', 'admin', list),
  get('/notices/channels/new', 'admin', showNew),
  post('/notices/channels', 'admin', add, refused('channel.add', showNew)),
  get('/notices/channels/:channel', 'admin', show),
  post('/notices/channels/:channel', 'admin', change, refused('channel.change', show)),
  post('/notices/channels/:channel/delete', 'admin', remove),
  post('/notices/channels/:channel/enable', 'admin', enable),
];

const nothing = z.object({});

async function list(page: Page): Promise<void> {
  const all = await channels.all(page.db);
  const names = new Map((await groups.all(page.db)).map(({ id, name }) => [id, name]));
  await page.render('notices/channels', {
    channels: all.map((one) => ({ ...one, group: one.groupId && (names.get(one.groupId) ?? '?') })),
    kinds: kinds.map(({ name }) => name),
  });
}

async function showNew(page: Page): Promise<void> {
  const wanted = page.again ? page.fields({ kind: '' }).kind.value : page.query('kind');
  await render(page, kinds.find(({ name }) => name === wanted) ?? page.notFound(), null);
}

async function show(page: Page): Promise<void> {
  const channel = await find(page);
  await render(page, channelOf(channel.kind), channel);
}

async function render(page: Page, kind: Kind, channel: channels.Channel | null): Promise<void> {
  const stored = channel?.options ?? {};
  const first = { kind: kind.name, name: channel?.name ?? '', groupId: channel?.groupId ?? '' };
  const fields = page.fields({ ...first, ...optionFirst(kind.options, stored) });
  await page.render('notices/channel', {
    ...{ channel, kind, fields, problems: page.problems(fields) },
    options: optionViews(page, kind.name, kind.options, fields, stored),
    groups: await groups.all(page.db),
  });
}

async function add(page: Page): Promise<void> {
  const sent = (page.req.body as Record<string, unknown>).kind;
  const kind = kinds.find(({ name }) => name === sent) ?? page.notFound();
  const draft = draftOf(page, kind, {});
  await refuseTwin(page, kind, draft, null);
  const id = await writing(page.db, async (trx) => {
    const made = await channels.add(trx, { ...draft, kind: kind.name });
    const after = { kind: kind.name, name: draft.name, groupId: draft.groupId };
    await audit.record(trx, page.audit({ action: 'channel.add', object: `channel:${made}`, after }));
    return made;
  });
  page.redirect(`/notices/channels/${id}`, { key: 'notices.channel_added', detail: { name: draft.name } });
}

async function change(page: Page): Promise<void> {
  const channel = await find(page);
  const kind = channelOf(channel.kind);
  const draft = draftOf(page, kind, channel.options);
  await refuseTwin(page, kind, draft, channel.id);
  await writing(page.db, async (trx) => {
    await channels.change(trx, channel.id, draft);
    const [before, after] = [channel, draft].map(({ name, groupId }) => ({ name, groupId }));
    const entry = { action: 'channel.change', object: `channel:${channel.id}`, before, after };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect(`/notices/channels/${channel.id}`, { key: 'common.saved' });
}

async function remove(page: Page): Promise<void> {
  page.form(nothing);
  const { id, name, kind } = await find(page);
  await writing(page.db, async (trx) => {
    await channels.remove(trx, id);
    const entry = { action: 'channel.remove', object: `channel:${id}`, before: { kind, name } };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect('/notices/channels', { key: 'notices.channel_removed', detail: { name } });
}

async function enable(page: Page): Promise<void> {
  page.form(nothing);
  const { id } = await find(page);
  await writing(page.db, async (trx) => {
    await channels.enable(trx, id);
    await audit.record(trx, page.audit({ action: 'channel.enable', object: `channel:${id}` }));
  });
  page.redirect(`/notices/channels/${id}`, { key: 'common.saved' });
}

async function find(page: Page): Promise<channels.Channel> {
  return (await channels.byId(page.db, page.param('channel'))) ?? page.notFound();
}
