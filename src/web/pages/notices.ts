import { z } from 'zod';
import { type Notice, noticeStates } from '../../model/notice.ts';
import { say } from '../../notify/say.ts';
import * as audit from '../../store/audit.ts';
import * as channels from '../../store/channels.ts';
import * as notices from '../../store/notices.ts';
import { writing } from '../../store/transaction.ts';
import * as workers from '../../store/workers.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';

export const routes = [
  get('/notices', 'admin', list),
  get('/notices/:notice', 'admin', show),
  get('/notices/:notice/now', 'admin', now),
  post('/notices/:notice/again', 'admin', again),
];

const AT_ONCE = 50;
/** A worker tells of itself every five seconds. */
const ALIVE_MS = 30_000;
const nothing = z.object({});

async function list(page: Page): Promise<void> {
  const state = noticeStates.find((one) => one === page.query('state'));
  const [channelId, before] = [page.query('channel') ?? undefined, page.query('before') ?? undefined];
  const found = await notices.some(page.db, { state, channelId, before, limit: AT_ONCE + 1 });
  const names = await namesOf(page);
  await page.render('notices/list', {
    notices: found.slice(0, AT_ONCE).map((notice) => rowOf(page, notice, names)),
    counts: await notices.counts(page.db),
    states: noticeStates,
    state: state ?? '',
    older: found.length > AT_ONCE ? olderThan(state, channelId, found[AT_ONCE - 1]) : null,
    hasChannels: names.size > 0,
  });
}

function olderThan(state?: string, channel?: string, last?: Notice): string {
  const query = { ...(state && { state }), ...(channel && { channel }), before: last?.id ?? '' };
  return `/notices?${new URLSearchParams(query)}`;
}

async function show(page: Page): Promise<void> {
  await page.render('notices/show', await modelOf(page));
}

/** What of the page changes by itself while the notice waits. */
async function now(page: Page): Promise<void> {
  await page.render('notices/now', await modelOf(page));
}

/** Sends once more what was given up, or what has been sent (a receiver may have lost it). */
async function again(page: Page): Promise<void> {
  page.form(nothing);
  const notice = await find(page);
  await writing(page.db, async (trx) => {
    if (!(await notices.again(trx, notice.id))) return;
    await audit.record(trx, page.audit({ action: 'notice.again', object: `notice:${notice.id}` }));
  });
  page.redirect(`/notices/${notice.id}`);
}

async function modelOf(page: Page): Promise<Record<string, unknown>> {
  const notice = await find(page);
  const { body, channelId, state } = notice;
  const channel = await channels.byId(page.db, channelId);
  const attempts = await notices.attemptsOf(page.db, notice.id);
  const waits = state === 'waiting';
  return {
    notice: rowOf(page, notice, new Map(channel ? [[channelId, channel.name]] : [])),
    lines: body.told ? body.told.lines.map((line) => say(page.t, line)) : [],
    event: body.event ? JSON.stringify({ ...body.event, path: undefined }, null, 2) : null,
    attempts,
    answer: attempts.at(-1)?.answer ?? '',
    nextAt: Math.max(notice.nextAt, channel?.waitUntil ?? 0),
    noWorker: waits && (await workers.alive(page.db, 'worker', ALIVE_MS)) === 0,
  };
}

function rowOf(page: Page, notice: Notice, names: Map<string, string>): Record<string, unknown> {
  const { body, channelId } = notice;
  return {
    ...notice,
    channel: names.get(channelId) ?? null,
    title: body.told ? say(page.t, body.told.title) : body.event.type,
  };
}

async function namesOf(page: Page): Promise<Map<string, string>> {
  return new Map((await channels.all(page.db)).map(({ id, name }) => [id, name]));
}

async function find(page: Page): Promise<Notice> {
  return (await notices.byId(page.db, page.param('notice'))) ?? page.notFound();
}
