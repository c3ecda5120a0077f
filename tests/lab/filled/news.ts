import type { Knex } from 'knex';
import { dice, type Filling, idOf } from './filling.ts';
import type { FilledFleet } from './fleet.ts';
import type { FilledProject } from './inventory.ts';
import { insert } from './rows.ts';

const DAY = 86_400_000;
const FLIPS = 100_000;
const ALARMS = 5000;
const NOTICES = 50_000;

/** A month of changes, a quarter of alarms, and what was told of them. */
export async function news(
  db: Knex,
  { until }: Filling,
  projects: FilledProject[],
  { hosts, placed }: FilledFleet,
): Promise<void> {
  const roll = dice(4);
  const all = placed.flatMap((some, project) => some.map((place) => ({ ...place, project })));
  await insert(db, 'flips', FLIPS, (n) => {
    const at = until - 30 * DAY + Math.floor((n / FLIPS) * 30 * DAY);
    const { id: placement_id, host } = all[Math.floor(roll() * all.length)]!;
    return {
      ...{ id: idOf(at, n), at, host_id: hosts[host]!.id, placement_id, process_name: null },
      ...{ from_state: n % 2 ? 'failed' : 'running', to_state: n % 2 ? 'running' : 'failed', message: null },
      operation_id: null,
    };
  });
  const alarm = (n: number) => {
    const at = until - 90 * DAY + Math.floor((n / ALARMS) * 90 * DAY);
    const { id, host, project } = all[n < ALARMS - 40 ? Math.floor(roll() * all.length) : n % all.length]!;
    const { id: projectId, key: projectKey, groupId, environment } = projects[project]!;
    const place = { projectId, projectKey, groupId, environment, production: environment === 'online' };
    const open = n >= ALARMS - 40;
    return {
      ...{ id: idOf(at, n), alarm_key: `service:${id}`, open_key: open ? `service:${id}` : null },
      ...{ kind: 'service', host_id: hosts[host]!.id, host_name: hosts[host]!.name, services: 1 },
      ...{ project_id: projectId, project_key: projectKey, places: JSON.stringify([place]), state: 'failed' },
      ...{ message: null, bad_since: at, opened_at: at, ended_at: open ? null : at + 600_000 },
      ending: open ? null : 'well',
    };
  };
  await insert(db, 'alarms', ALARMS, alarm);
  await told(db, until);
}

async function told(db: Knex, until: number): Promise<void> {
  const channels = ['robot-a', 'robot-b', 'robot-c'].map((name, n) => ({ id: idOf(1, n), name }));
  for (const channel of channels)
    await db('channels').insert({ ...channel, kind: 'webhook', options: '{}', created_at: until - 90 * DAY });
  const title = { key: 'notice.test', detail: { name: 'a', by: 'b' } };
  const body = JSON.stringify({ told: { title, lines: [title], path: null } });
  const at = (n: number) => until - 30 * DAY + Math.floor((n / NOTICES) * 30 * DAY);
  await insert(db, 'notices', NOTICES, (n) => ({
    ...{ id: idOf(at(n), n), dedupe_key: `k${n}`, channel_id: channels[n % 3]!.id, topic: 'test', body },
    ...{ state: n % 200 === 0 ? 'undelivered' : 'sent', attempts: 1, created_at: at(n), next_at: at(n) },
    ended_at: at(n) + 500,
  }));
  await insert(db, 'notice_attempts', NOTICES, (n) => ({
    ...{ id: idOf(at(n), n), notice_id: idOf(at(n), n), at: at(n), ms: 80, code: 200, result: 'sent' },
  }));
}
