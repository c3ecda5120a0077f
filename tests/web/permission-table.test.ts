import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch } from '../../src/deploy/launch.ts';
import { defaultProjectSettings, type Project } from '../../src/model/project.ts';
import * as groups from '../../src/store/groups.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import type { Route } from '../../src/web/route.ts';
import { allRoutes } from '../../src/web/routes.ts';
import { alarmOf } from './alarmed.ts';
import { type Browser, type Town, town } from './people.ts';
import { type Shop, shopIn } from './shop.ts';

/** The whole expected table (S23): what each address takes. One that is not here fails. */
const table: Record<string, string> = {
  public: 'GET POST /sign-in, POST /language, GET POST /setup/:token',
  'signed-in':
    'GET /, GET /home/now, GET /locks, POST /profile/sessions/:session/end, POST /sign-out, GET POST /profile, POST /profile/password, POST /profile/sign-out-everywhere, ' +
    'GET /statistics, GET /statistics/operations, GET /statistics/weeks.csv, GET /statistics/delivery.csv, ' +
    'GET /api, GET POST /profile/tokens, POST /profile/tokens/:token/revoke, ' +
    'GET /windows, GET /alarms, GET /alarms/now, GET /health, GET /health/now, GET /drift, ' +
    'GET /health/events, GET /alarms/events, ' +
    'GET POST /tickets, GET /tickets/new, GET /tickets/:ticket, GET /tickets/:ticket/now, POST /tickets/:ticket/approve, POST /tickets/:ticket/refuse, ' +
    'POST /tickets/:ticket/withdraw, POST /tickets/:ticket/close, POST /tickets/:ticket/look, POST /tickets/:ticket/run, ' +
    'GET /groups, GET /groups/:group, GET /projects, GET /history, GET /deploy',
  admin:
    'GET /directory, POST /directory/groups, POST /directory/groups/:mapping/delete, POST /directory/test, POST /directory/try, ' +
    'GET POST /mutes, POST /mutes/:mute/end, GET POST /notices/routes, POST /notices/routes/:route/delete, ' +
    'POST /locks, POST /locks/:lock/lift, GET POST /people/:user/grants/:group, ' +
    'POST /people/:user/sessions/:session/end, POST /people/:user/sessions/end, ' +
    'GET /windows/new, GET POST /windows/rules, POST /windows, GET POST /windows/:window, POST /windows/:window/delete, ' +
    'GET /freezes/new, POST /freezes, GET POST /freezes/:freeze, POST /freezes/:freeze/delete, ' +
    'GET POST /groups/:group/approvers, GET POST /projects/:project/approvers, ' +
    'POST /groups/:group/tickets, POST /environments/:environment/tickets, ' +
    'GET /audit, GET /audit/csv, GET /audit/:entry, ' +
    'GET /tokens, POST /groups, POST /groups/:group, POST /groups/:group/delete, GET POST /people, GET /people/:user, ' +
    'POST /people/:user/grants, POST /people/:user/role, POST /people/:user/password, POST /people/:user/disable, ' +
    'POST /people/:user/enable, GET POST /environments, GET /environments/new, GET POST /environments/:environment, ' +
    'GET POST /environments/:environment/variables, POST /environments/:environment/variables/delete, ' +
    'POST /environments/:environment/delete, GET POST /hosts, GET /hosts/new, GET POST /hosts/:host, ' +
    'GET /hosts/:host/edit, POST /hosts/:host/delete, POST /hosts/:host/key, GET POST /hosts/:host/key/:question, ' +
    'POST /hosts/:host/test, GET /hosts/:host/test/:question, POST /hosts/:host/test/:question/name, GET /keys, GET /doctor, ' +
    'GET /notices, GET /notices/:notice, GET /notices/:notice/now, POST /notices/:notice/again, ' +
    'GET POST /notices/channels, GET /notices/channels/new, GET POST /notices/channels/:channel, ' +
    'POST /notices/channels/:channel/delete, POST /notices/channels/:channel/enable, ' +
    'POST /notices/channels/:channel/test, GET POST /notices/audiences, ' +
    'POST /arrivals/:arrival/accept, POST /arrivals/:arrival/forget, GET POST /environments/:environment/ranges, ' +
    'GET POST /git-servers, POST /git-servers/forget, GET POST /git-servers/:question',
  create: 'GET /projects/new, POST /projects',
  see:
    'GET /projects/:project/locks, GET /alarms/:alarm, GET /projects/:project/health, GET /projects/:project/health/now, ' +
    'GET /hosts/:host/health, GET /hosts/:host/health/now, GET /hosts/:host/health/events, ' +
    'GET /projects/:project/health/events, GET /alarms/:alarm/now, GET /alarms/:alarm/events, ' +
    'GET /projects/:project, GET /projects/:project/deploy, GET /projects/:project/history, ' +
    'GET /projects/:project/now, POST /projects/:project/refs, GET /projects/:project/refs/:question, POST /projects/:project/changes, ' +
    'GET /projects/:project/processes/:placement, POST /projects/:project/processes/:placement/log, ' +
    'GET /projects/:project/plan, POST /projects/:project/diff, GET /projects/:project/diff/:question, ' +
    'GET /projects/:project/changes/:question, GET /operations/:operation, GET /operations/:operation/part, ' +
    'GET /operations/:operation/log, GET /operations/:operation/raw, GET /operations/:operation/events',
  deploy:
    'GET POST /drift/:placement/release, POST /drift/:placement/release/look, ' +
    'GET POST /drift/:placement/process, POST /drift/:placement/process/look, ' +
    'POST /projects/:project/locks, POST /projects/:project/locks/:lock/lift, POST /alarms/:alarm/acknowledge, ' +
    'POST /projects/:project/processes/:placement, ' +
    'POST /projects/:project/put-back, POST /projects/:project/clean-cache, ' +
    'POST /projects/:project/plan, POST /projects/:project/operations, POST /operations/:operation/cancel, POST /operations/:operation/resume, ' +
    'POST /projects/:project/schedules, POST /projects/:project/schedules/:schedule/withdraw, ' +
    'POST /projects/:project/waiting-push/withdraw, ' +
    'POST /operations/:operation/pause, POST /operations/:operation/continue, ' +
    'POST /operations/:operation/retry, POST /operations/:operation/rollback, POST /operations/:operation/unlock',
  configure:
    'GET POST /drift/:placement/configuration, POST /drift/:placement/configuration/look, ' +
    'GET POST /projects/:project/strategy, ' +
    'GET POST /projects/:project/webhooks, POST /projects/:project/webhooks/secret, ' +
    'GET POST /projects/:project/push, POST /projects/:project/push/compare, GET /projects/:project/push/:question, ' +
    'GET POST /projects/:project/clone, ' +
    'GET POST /projects/:project/settings, POST /projects/:project/delete, GET POST /projects/:project/variables, ' +
    'GET POST /projects/:project/hooks, GET POST /projects/:project/traffic, ' +
    'GET POST /projects/:project/files, POST /projects/:project/files/delete, ' +
    'POST /projects/:project/variables/delete, GET POST /projects/:project/template, ' +
    'POST /projects/:project/template/preview, POST /projects/:project/template/reset, ' +
    'GET POST /projects/:project/hosts, GET POST /projects/:project/hosts/:placement, ' +
    'POST /projects/:project/hosts/:placement/delete, GET POST /projects/:project/hosts/:placement/variables, ' +
    'POST /projects/:project/hosts/:placement/variables/delete, POST /projects/:project/hosts/:placement/adoption, ' +
    'GET POST /projects/:project/hosts/:placement/adoption/:question',
};

type Who = 'nobody' | 'outsider' | 'member' | 'config' | 'deploy' | 'both' | 'admin';
type Thing = 'test' | 'online' | 'foreign' | 'missing';
const everybody: Who[] = ['nobody', 'outsider', 'member', 'config', 'deploy', 'both', 'admin'];
const things: Thing[] = ['test', 'online', 'foreign', 'missing'];

function needOf({ method, path }: Route): string | undefined {
  return Object.keys(table).find((need) =>
    table[need]?.split(', ').some((line) => line.endsWith(` ${path}`) && line.includes(method)),
  );
}

/** 200: comes in · 403: may not · 404: as if it were not there · 303: asked to sign in. */
function expected(need: string, who: Who, thing: Thing): number {
  if (need === 'public') return 200;
  if (who === 'nobody') return 303;
  if (need === 'signed-in') return 200;
  if (need === 'admin') return who === 'admin' ? 200 : 403;
  if (need === 'create') return ['admin', 'config', 'both'].includes(who) ? 200 : 403;
  if (thing === 'missing') return 404;
  if (who === 'admin') return 200;
  if (who === 'outsider' || thing === 'foreign') return 404;
  if (need === 'see') return 200;
  if (need === 'deploy') return thing === 'test' || who === 'deploy' || who === 'both' ? 200 : 403;
  return who === 'both' || (who === 'config' && thing === 'test') ? 200 : 403;
}

/** Who signs in, and the page that holds the token, are real; of the others only the guard is asked. */
const real = ['/sign-in', '/profile'];
const asked = allRoutes.map((route) =>
  real.includes(route.path)
    ? route
    : { ...route, handle: async ({ res }: Parameters<Route['handle']>[0]) => void res.status(200).end() },
);

let t: Town;
const names: Record<
  Thing,
  Record<'project' | 'operation' | 'placement' | 'alarm' | 'host', string>
> = Object.create(null);

beforeAll(async () => {
  t = await town({}, asked);
  const shop: Shop = await shopIn(t);
  const other = { id: ulid(), name: 'others', notes: null };
  await groups.add(t.db, other);
  const foreign = await projects.add(t.db, {
    ...{ environment: 'test', name: 'foreign', groupId: other.id, type: 'nodejs', port: 6000 },
    ...{ gitUrl: 'https://git.example.com/other.git', branch: 'main', settings: defaultProjectSettings },
    ...{ template: null, env: [], notes: null },
  });
  await placements.add(t.db, { projectId: foreign.id, hostId: shop.hostIds[0]!, processes: 1, env: [] });
  for (const [thing, project] of [
    ['test', shop.test],
    ['online', shop.online],
    ['foreign', foreign],
  ] as const)
    names[thing] = await namesOf(project);
  names.missing = { project: 'test_none', operation: ulid(), placement: ulid(), alarm: ulid(), host: ulid() };
});
afterAll(() => t.end());

async function namesOf(project: Project) {
  const [placement] = await placements.ofProject(t.db, project.id);
  const by = { id: ulid(), username: 'ada', displayName: 'Ada' };
  const operation = await launch(t.db, {
    ...{ kind: 'restart', projectId: project.id, hostIds: [placement!.hostId], by },
  });
  const alarm = await alarmOf(t.db, project, placement!);
  return {
    project: project.key,
    operation: operation.id,
    placement: placement!.id,
    alarm,
    host: placement!.hostId,
  };
}

function browserOf(who: Who): Browser {
  if (who === 'nobody' || who === 'outsider' || who === 'admin') return t[who];
  return t.member;
}

async function answerTo(who: Who, route: Route, thing: Thing, token: string): Promise<number> {
  const path = route.path.replace(
    /:(\w+)/g,
    (_, name: string) => names[thing][name as 'project'] ?? '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  );
  const { agent } = browserOf(who);
  const request = route.method === 'GET' ? agent.get(path) : agent.post(path).set('X-CSRF-Token', token);
  return (await request.set('Accept', 'text/html').redirects(0)).status;
}

async function tokenOf(who: Who): Promise<string> {
  const page = await browserOf(who).get(who === 'nobody' ? '/sign-in' : '/profile');
  return /data-csrf="([^"]*)"/.exec(page.text)?.[1] ?? '';
}

test('[S23] every address is in the table, once, with the guard that it says', () => {
  const lines = Object.values(table).flatMap((part) => part.split(', '));
  const named = lines.flatMap((line) => {
    const [path, ...methods] = line.split(' ').reverse();
    return methods.map((method) => `${method} ${path}`);
  });
  const there = allRoutes.map(({ method, path }) => `${method} ${path}`);
  expect(named.sort()).toEqual(there.sort());
});

describe.each(everybody)('%s', (who) => {
  test('[S23] [S27] comes in where the table says, and nowhere else', async () => {
    if (browserOf(who) === t.member)
      await t.grant({
        config: who === 'config' || who === 'both',
        deploy: who === 'deploy' || who === 'both',
      });
    const token = await tokenOf(who);
    const wrong: string[] = [];
    for (const route of asked.filter(({ path }) => !real.includes(path))) {
      const need = needOf(route) ?? 'none';
      for (const thing of /:(project|operation|placement)/.test(route.path) ? things : (['test'] as const)) {
        const [got, want] = [await answerTo(who, route, thing, token), expected(need, who, thing)];
        if (got !== want) wrong.push(`${route.method} ${route.path} ${thing}: ${got}, not ${want}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 60_000);
});
