import type { Knex } from 'knex';

/** How much is filled in; what is left out is not. */
export type Filling = {
  projects: number;
  /** Spread over three years that end at `until` (epoch ms). */
  operations: number;
  until: number;
  groups?: number;
  tickets?: number;
  audit?: number;
};

const YEARS = 3 * 365 * 86_400_000;
const ROWS = 500;
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Fills an empty, migrated database as three years of a large house would: the same rows for the same numbers, in
 * bulk, for measuring alone. Ids are ULIDs in the order of time. Knows the tables only, nothing of the product.
 */
export async function fill(
  db: Knex,
  filling: Filling,
): Promise<{ groupIds: string[]; projectIds: string[] }> {
  const { groupIds, projects } = await inventory(db, filling);
  await history(db, filling, projects);
  await requests(db, filling, projects);
  await trail(db, filling, projects);
  return { groupIds, projectIds: projects.map(({ id }) => id) };
}

type Project = { id: string; key: string; environment: string; groupId: string };

/** Numbers from 0 to 1, the same ones every time. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A ULID of a time; `n` makes it unique and orders those of one millisecond. */
export function idOf(at: number, n: number): string {
  return base32(at, 10) + base32(n, 16);
}

function base32(value: number, length: number): string {
  let [rest, text] = [value, ''];
  for (let place = 0; place < length; place++) {
    text = digits[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

async function inventory(db: Knex, { projects: count, groups = 30, until }: Filling) {
  const at = until - YEARS;
  const common = { created_at: at, settings: '{}' };
  const environments = ['online', 'test', 'pre'];
  for (const [position, name] of environments.entries())
    await db('environments')
      .insert({ ...common, name, production: name === 'online', position })
      .onConflict('name')
      .ignore();
  const groupIds = Array.from({ length: groups }, (_, n) => idOf(at, n));
  await insert(db, 'project_groups', groupIds.length, (n) => ({
    ...{ id: groupIds[n], name: `group-${n}`, created_at: at },
  }));
  const projects = Array.from({ length: count }, (_, n): Project => {
    const environment = environments[n % 3]!;
    const groupId = groupIds[Math.floor((n / count) ** 2 * groups)]!;
    return { id: idOf(at, n), key: `${environment}_service-${n}`, environment, groupId };
  });
  await insert(db, 'projects', count, (n) => {
    const { id, key, environment, groupId } = projects[n]!;
    return {
      ...{ id, environment, name: `service-${n}`, project_key: key, group_id: groupId, type: 'nodejs' },
      ...{ git_url: 'https://git.example.com/a.git', branch: 'main', env: '[]' },
      ...{ ...common, updated_at: at },
    };
  });
  return { groupIds, projects };
}

const kinds = [
  ...Array.from({ length: 14 }, () => 'deploy'),
  ...['restart', 'restart', 'restart', 'rollback', 'fast-rollback', 'promote'],
];
const states = [...Array.from({ length: 46 }, () => 'succeeded'), 'failed', 'failed', 'failed', 'cancelled'];

async function history(db: Knex, { operations: count, until }: Filling, projects: Project[]): Promise<void> {
  const roll = dice(1);
  const one = <T>(list: readonly T[]) => list[Math.floor(roll() * list.length)]!;
  const commits = projects.map(() => 0);
  const snapshot = JSON.stringify({ project: { settings: {}, production: true }, hosts: [], params: {} });
  const releases: Record<string, unknown>[] = [];
  const begun = until - YEARS;
  await insert(db, 'operations', count, (n) => {
    const at = begun + Math.floor((n / count) * (YEARS - 600_000));
    const chosen = Math.floor(roll() ** 1.5 * projects.length);
    const { id: project_id, key: project_key, environment, groupId: group_id } = projects[chosen]!;
    const [kind, state, id] = [one(kinds), one(states), idOf(at, n)];
    const moves = kind !== 'restart';
    if (kind === 'deploy' && roll() < 0.8) commits[chosen]!++;
    const commit_id = moves ? base32(chosen * 10_000 + commits[chosen]!, 16).padEnd(40, '0') : null;
    const release_id = moves && state === 'succeeded' ? id : null;
    const committed_at = at - Math.floor(roll() * 5 * 86_400_000);
    if (release_id) releases.push({ id, project_id, name: id, commit_id, committed_at, operation_id: id });
    const requested_name = `Person ${Math.floor(roll() ** 2 * 200)}`;
    return {
      ...{
        id,
        project_id,
        project_key,
        environment,
        group_id,
        kind,
        state,
        ref: 'main',
        commit_id,
        release_id,
      },
      ...{ snapshot, facts: '{}', requested_by: null, requested_name, created_at: at, started_at: at },
      finished_at: at + 20_000 + Math.floor(roll() * 300_000),
    };
  });
  const rest = { config_hash: 'c', manifest_hash: 'm', files: 1, bytes: 1, state: 'kept', built_at: begun };
  await insert(db, 'releases', releases.length, (n) => ({ ...releases[n], ...rest }));
}

async function requests(db: Knex, { tickets = 0, until }: Filling, projects: Project[]): Promise<void> {
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

async function trail(db: Knex, { audit = 0, until }: Filling, projects: Project[]): Promise<void> {
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

/** Inserts rows in pieces, thousands to a transaction. */
async function insert(db: Knex, table: string, count: number, rowOf: (n: number) => Record<string, unknown>) {
  const embedded = db.client.config.client !== 'mysql2';
  for (let start = 0; start < count; start += ROWS * 40)
    await db.transaction(async (trx) => {
      const end = Math.min(count, start + ROWS * 40);
      for (let from = start; from < end; from += ROWS) {
        const rows = Array.from({ length: Math.min(ROWS, end - from) }, (_, n) => rowOf(from + n));
        await trx.raw(...(embedded ? asJson(table, rows) : asValues(table, rows)));
      }
    });
}

type Rows = Record<string, unknown>[];
type Statement = [string, Knex.RawBinding[]];
const into = (table: string, rows: Rows) =>
  `INSERT INTO ${table} (${Object.keys(rows[0]!).map((name) => `\`${name}\``)})`;

/** One bound text for all rows: binding each value alone takes longer than storing it. */
function asJson(table: string, rows: Rows): Statement {
  const columns = Object.keys(rows[0]!).map((_, place) => `json_extract(value, '$[${place}]')`);
  const text = JSON.stringify(rows.map((row) => Object.values(row)));
  return [`${into(table, rows)} SELECT ${columns} FROM json_each(?)`, [text]];
}

function asValues(table: string, rows: Rows): Statement {
  const places = `(${Object.keys(rows[0]!).map(() => '?')})`;
  const values = rows.flatMap((row) => Object.values(row)) as Knex.RawBinding[];
  return [`${into(table, rows)} VALUES ${rows.map(() => places)}`, values];
}
