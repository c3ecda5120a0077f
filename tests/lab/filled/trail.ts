import type { Knex } from 'knex';
import { dice, type Filling, idOf, YEARS } from './filling.ts';
import type { FilledProject } from './inventory.ts';
import { insert } from './rows.ts';

/** Tickets, of which forty wait. */
export async function requests(
  db: Knex,
  { tickets = 0, until }: Filling,
  projects: FilledProject[],
): Promise<void> {
  const roll = dice(2);
  const ends = ['done', 'done', 'done', 'refused', 'withdrawn', 'expired'];
  const at = (n: number) => until - YEARS + Math.floor((n / tickets) * YEARS);
  await insert(db, 'tickets', tickets, (n) => ({
    ...{ id: idOf(at(n), n), reason: `Change number ${n}`, created_at: at(n) },
    state: n > tickets - 40 ? 'waiting' : ends[Math.floor(roll() * ends.length)],
    ...{ applicant_id: idOf(0, n % 200), applicant_name: `Person ${n % 200}`, self_start: false },
  }));
  await insert(db, 'ticket_parts', tickets, (n) => {
    const project = projects[n % projects.length]!;
    return {
      ...{ ticket_id: idOf(at(n), n), position: 0, project_id: project.id, project_key: project.key },
      ...{ group_id: project.groupId, ref: 'main', state: 'open' },
    };
  });
}

/** The audit trail, unsealed. */
export async function trail(
  db: Knex,
  { audit = 0, until }: Filling,
  projects: FilledProject[],
): Promise<void> {
  const actions = ['operation.deploy', 'operation.restart', 'session.begin', 'project.change', 'request'];
  await insert(db, 'audit', audit, (n) => {
    const at = until - YEARS + Math.floor((n / audit) * YEARS);
    return {
      ...{ id: idOf(at, n), at, actor: `person${n % 200}`, via: 'web', ip: '192.0.2.1' },
      ...{ action: actions[n % 5], object: `project:${projects[(n * 7) % projects.length]!.key}` },
      ...{ before: null, after: `{"number":${n}}`, result: n % 50 === 0 ? 'refused' : 'ok' },
      ...{ reason: null, request_id: `request-${n}` },
    };
  });
}
