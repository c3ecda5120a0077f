import { ulid } from 'ulid';
import { z } from 'zod';
import type { Alarm } from '../../model/alarm.ts';
import { alarmEvent, toldOfAlarms } from '../../model/alarm-words.ts';
import type { NoticeBody } from '../../model/notice.ts';
import { channelOf } from '../../notify/index.ts';
import * as audit from '../../store/audit.ts';
import * as channels from '../../store/channels.ts';
import { put } from '../../store/outbox.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { post } from '../route.ts';

export const routes = [post('/notices/channels/:channel/test', 'admin', test)];

const form = z.object({ shape: z.enum(['plain', 'alarm']).optional() });

/** Sends a real message through the outbox; the page of the notice shows whether it arrived, or why not. */
async function test(page: Page): Promise<void> {
  const { shape = 'plain' } = page.form(form);
  const channel = (await channels.byId(page.db, page.param('channel'))) ?? page.notFound();
  const people = channelOf(channel.kind).hears === 'people';
  const body = people ? wordsOf(page, channel.name, shape) : eventOf(page, shape);
  const id = await writing(page.db, async (trx) => {
    await audit.record(trx, page.audit({ action: 'channel.test', object: `channel:${channel.id}` }));
    const key = { topic: 'test', dedupeKey: `test:${ulid()}`, operationId: null };
    return put(trx, { channelId: channel.id, body, ...key });
  });
  page.redirect(`/notices/${id}`);
}

type Shape = 'plain' | 'alarm';

function wordsOf(page: Page, name: string, shape: Shape): NoticeBody {
  const detail = { name, by: page.who.displayName };
  const path = '/notices';
  if (shape === 'plain')
    return { told: { title: { key: 'notice.test', detail }, lines: [{ key: 'notice.line.test' }], path } };
  const one = example();
  const culprits = new Map([[one.id, { kind: 'deploy' as const, by: page.who.displayName, back: true }]]);
  const alarm = toldOfAlarms({ fresh: [one], still: [], ended: [], again: new Map() }, culprits);
  const title = { key: 'notice.test_alarm', detail: { ...detail, what: alarm.title } };
  // there is neither such an alarm nor such an operation
  const lines = alarm.lines.map((line) => (line.path ? { ...line, path } : line));
  return { told: { ...alarm, title, lines: [...lines, { key: 'notice.line.test' }], path } };
}

function eventOf(page: Page, shape: Shape): NoticeBody {
  const by = { requested_by: page.who.displayName };
  const plain = { type: 'test', timestamp: new Date().toISOString(), data: by, path: '/notices' };
  if (shape === 'plain') return { event: plain };
  const { data } = alarmEvent('test', example(), Date.now());
  return { event: { ...plain, data: { ...data, ...by } } };
}

/** An alarm as it might be, of a service that there is not. */
function example(): Alarm {
  const at = Date.now() - 60_000;
  const place = {
    projectId: '',
    projectKey: 'online_example',
    groupId: '',
    environment: 'online',
    production: true,
  };
  return {
    ...{ id: ulid(), key: 'service:example', kind: 'service', hostId: null, hostName: 'example-host' },
    ...{ places: [place], state: 'failed', message: null, badSince: at, openedAt: at, services: 1 },
    ...{
      flapping: false,
      endedAt: null,
      ending: null,
      acknowledgedAt: null,
      acknowledgedBy: null,
      note: null,
    },
    suspect: { operationId: ulid(), endedAt: at - 87_000 },
  };
}
