import type { Db } from '../../src/store/database.ts';
import { allRoutes } from '../../src/web/routes.ts';

/** Not pages: streams, files and parts that are only fetched once, and what a worker's answer is needed for. */
const LEFT_OUT = [
  /\/events$/,
  /\.csv$/,
  /\/csv$/,
  /\/raw$/,
  /:question/,
  /^\/setup\//,
  /^\/sign-in$/,
  /:token/,
];

const DAY = 86_400_000;
const day = (at: number) => new Date(at).toISOString().slice(0, 10);

/** Every page of the table of routes with names of what is there, and the lists as people filter and turn them. */
export async function addressesOf(db: Db, groupIds: readonly string[]): Promise<string[]> {
  const names = await namesOf(db, groupIds);
  const missing = new Set<string>();
  const plain = allRoutes
    .filter(({ method, path }) => method === 'GET' && !LEFT_OUT.some((one) => one.test(path)))
    .map(({ path }) =>
      path.replace(/:(\w+)/g, (_, name: string) => {
        if (names[name] === undefined) missing.add(`${name} of ${path}`);
        return names[name] ?? '';
      }),
    );
  if (missing.size > 0) throw new Error(`nothing stands for ${[...missing].join(', ')}`);
  return [...plain, ...(await lists(db, names))];
}

async function namesOf(db: Db, groupIds: readonly string[]): Promise<Record<string, string>> {
  const project = await db('projects').whereIn('group_id', groupIds).orderBy('id').first();
  const mine = db('operations').where({ project_id: project.id, kind: 'deploy' });
  const operation = await mine.clone().orderBy('id', 'desc').first('id');
  const placement = await db('placements').where({ project_id: project.id }).first();
  const first = async (table: string, column = 'id') =>
    (await db(table).orderBy(column, 'desc').first(column))[column] as string;
  return {
    ...{ project: project.project_key, operation: operation.id, group: project.group_id },
    ...{ placement: placement.id, host: placement.host_id, environment: project.environment },
    ...{ user: await first('users'), notice: await first('notices'), channel: await first('channels') },
    ...{ alarm: await first('alarms'), ticket: await first('tickets'), entry: await first('audit') },
    ...{ window: await first('windows'), freeze: await first('freezes'), process: 'service' },
    ...{ projectId: project.id, person: 'Person 3' },
  };
}

/** The lists with each of their filters, at their far ends, and with what is nowhere. */
async function lists(db: Db, names: Record<string, string>): Promise<string[]> {
  const idAt = async (table: string, share: number): Promise<string> => {
    const edge = async (order: 'asc' | 'desc') =>
      (await db(table).orderBy('id', order).first('id')).id as string;
    const near = share === 0 ? await edge('asc') : between(await edge('asc'), await edge('desc'), share);
    return (await db(table).where('id', '>=', near).orderBy('id').limit(60).pluck('id')).at(-1) as string;
  };
  const [old, middle] = [await idAt('operations', 0), await idAt('operations', 0.5)];
  const [from, until] = [day(Date.now() - 400 * DAY), day(Date.now() - 399 * DAY)];
  const past = [
    ...['kind=restart', 'kind=stop', 'state=failed', 'state=needs-attention', 'environment=test'],
    ...[`group=${names.group}`, `project=${names.project}`, `person=${encodeURIComponent('Person 3')}`],
    ...['person=Nobody', `from=${from}&until=${until}`, `environment=test&kind=promote&state=failed`],
    ...[`group=${names.group}&kind=rollback`, `project=${names.project}&state=failed&kind=deploy`],
    ...[`before=${old}`, `before=${middle}`, `before=${middle}&state=failed`],
  ];
  const trail = [
    ...['person=person7', 'person=nobody', 'action=operation.', 'action=windows', 'object=project%3A'],
    ...['result=refused', `from=${from}&until=${until}`, 'text=number', 'text=is+nowhere+at+all'],
    ...[`before=${await idAt('audit', 0.5)}`, `before=${await idAt('audit', 0)}`],
    'person=person7&text=is+nowhere+at+all',
  ];
  const step = await db('steps').orderBy('id', 'desc').first();
  const grant = await db('grants').orderBy(['user_id', 'group_id']).first();
  const [week, half] = [7, 182].map((days) => `from=${Date.now() - days * DAY}&until=${Date.now()}`);
  const behind = [
    ...['deploys', 'leads', 'ended', 'failures', 'restored'].map((of) => `of=${of}&weeks=26&days=365`),
    ...[`of=ended&weeks=26&days=365&page=50`, `of=failures&group=${names.group}`],
    ...['updates', 'restarts', 'rollbacks'].flatMap((of) => [`of=${of}&${week}`, `of=${of}&${half}&page=50`]),
  ];
  const sums = ['weeks=26&days=365', `group=${names.group}`, `project=${names.projectId}&weeks=26&days=365`];
  return [
    ...past.map((query) => `/history?${query}`),
    `/projects/${names.project}/history?before=${middle}`,
    ...trail.map((query) => `/audit?${query}`),
    ...sums.map((query) => `/statistics?${query}`),
    ...behind.map((query) => `/statistics/operations?${query}`),
    ...[`/people/${grant.user_id}/grants/${grant.group_id}`, '/notices/channels/new?kind=dingtalk'],
    `/operations/${step.operation_id}/log?step=${step.id}`,
    ...[`/tickets?of=done`, '/tickets?of=done&q=nowhere+at+all', '/tickets?q=service-3'],
    `/tickets?of=done&before=${await idAt('tickets', 0)}`,
    ...['/notices?state=undelivered', '/notices?state=waiting', `/notices?channel=${names.channel}`],
    `/notices?before=${await idAt('notices', 0)}`,
    ...[
      '/health?q=service-77',
      '/health?environment=test',
      '/health?q=nowhere',
      '/projects?environment=test',
    ],
    ...[`/projects?group=${names.group}`, `/operations/${old}`],
  ];
}

/** An id whose time lies at a share of the way. */
function between(first: string, last: string, share: number): string {
  const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const number = (id: string) =>
    [...id.slice(0, 10)].reduce((sum, digit) => sum * 32 + digits.indexOf(digit), 0);
  let [rest, text] = [Math.floor(number(first) + (number(last) - number(first)) * share), ''];
  for (let place = 0; place < 10; place++) {
    text = digits[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
