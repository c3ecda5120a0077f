import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { Vault } from '../../src/auth/vault.ts';
import { readConfig } from '../../src/config.ts';
import { importOriginal } from '../../src/original/import.ts';
import { readOriginal } from '../../src/original/read.ts';
import * as grants from '../../src/store/grants.ts';
import * as groups from '../../src/store/groups.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import * as tickets from '../../src/store/tickets.ts';
import * as users from '../../src/store/users.ts';
import { buildApp } from '../../src/web/app.ts';
import { type FreshDatabase, freshDatabase, mariadbOfFile } from '../lab/database.ts';
import { fillOriginal } from '../lab/original-database.ts';
import { oldHash as hash, oldSettings } from '../lab/original-shop.ts';
import { Browser } from '../web/people.ts';

const nodejs = `[program:$environment$_$project$]
environment=HOME=/home/$USER$,PROJECT_ENV="$environment$",PRODUCT_ENV="",$env$
directory=$HOST_PATH$$environment$_$project$/
command=/usr/bin/node $HOST_PATH$$environment$_$project$/index.js --port=%(process_num)d
process_name=%(process_num)d
user=$USER$
stdout_logfile=$supervisor_log_path$/%(program_name)s-%(process_num)d.log
loglevel=info
numprocs = $pnum$
numprocs_start=$port$
`;
const checks = { checkport: 'yes', checkhttp: 'yes', httpurl: '/healthcheck', httpcode: '200' };
const shop = {
  ...{
    project: 'online_shop',
    group: 'web',
    environment: 'online',
    p: 'shop',
    codetype: 'nodejs',
    port: 4000,
  },
  ...{
    git: 'git@git.example.com:web/shop.git',
    branch: 'master',
    make: 'npm ci',
    supervisor: nodejs,
    ...checks,
  },
  ...{ config: '\n#config list\n', remarks: 'ask 李雷 first' },
};
const server = { hostname: 'web-1', ip: '10.1.2.3', pnum: '2', env: 'REGION="cn-north",FLAG=1' };
const operation = { hostlist: '10.1.2.3', tag: 'online-20181112_20-55-41', user: 'li', progress: 2 };

const ticket = { group: 'web', project: 'online_shop', applicant: 'li', applicationtime: '1542027000.25' };

let address: string;
let fresh: FreshDatabase;
beforeAll(async () => {
  address = await (await mariadbOfFile()).createDatabase();
  fresh = await freshDatabase('sqlite');
  await fillOriginal(address, {
    user: [
      { email: 'a@b.cn', username: 'admin', _password: hash },
      { email: 'l@b.cn', username: 'li', _password: hash },
      { email: 'x@b.cn', username: '../x', _password: hash },
      { email: 'o@b.cn', username: 'old', _password: 'md5$abcd$0123' },
    ],
    servicegroup: [{ servicegroup: 'web' }, { servicegroup: 'empty' }],
    userservicegroup: [
      { username: 'li', servicegroup: 'web', permissions: 'config' },
      { username: 'li', servicegroup: 'web', permissions: 'online' },
      { username: 'nobody', servicegroup: 'web', permissions: 'online' },
    ],
    projectinfo: [
      shop,
      { ...shop, project: 'online_evil', p: 'evil', port: 4100, git: 'ext::sh -c id' },
      { ...shop, project: 'online_api', p: 'api', port: 4200, supervisor: '[program:a]\ncommand=$odd$' },
    ],
    serverinfo: [
      { ...server, project: 'online_shop' },
      { ...server, project: 'online_api', env: 'A="unclosed' },
      { ...server, project: 'online_shop', ip: '169.254.169.254' },
      { ...server, project: 'online_gone' },
    ],
    workorder: [
      {
        ...ticket,
        status: 'done',
        executor: 'admin',
        completiontime: '1542028000.5',
        remarks: '上线 <b>支付</b>',
      },
      { ...ticket, status: 'wait', executor: '', completiontime: '', remarks: 'soon' },
      {
        ...ticket,
        project: 'online_gone',
        status: 'done',
        executor: 'admin',
        completiontime: '1542028000',
        remarks: '',
      },
    ],
    updateoperation: [
      {
        ...operation,
        taskid: '1542027341.52',
        project: 'online_shop',
        operation: 'serviceUpdate',
        status: 'ok',
        commitid: 'c'.repeat(40),
      },
      {
        ...operation,
        taskid: '1542027999.1',
        project: 'online_shop',
        operation: 'serviceRestart',
        status: 'fail',
        commitid: 'commitid',
      },
      {
        ...operation,
        taskid: '1542028000',
        project: 'online_gone',
        operation: 'serviceStop',
        status: 'ok',
        commitid: '',
      },
    ],
  });
});

type Report = {
  applied: boolean;
  counts: { thing: string; taken: number; there: number; partly: number; left: number }[];
  findings: { thing: string; name: string; outcome: string; why: string }[];
};

async function cedar(...more: string[]): Promise<Report> {
  const script = join(import.meta.dirname, '../../scripts/cedar.mjs');
  const argv = [
    script,
    '--json',
    'import',
    '--admin',
    'admin',
    '--ssh-user',
    'work',
    '--host-path',
    '/app/web/',
    ...more,
  ];
  const env = { PATH: process.env.PATH, ...fresh.env, CEDAR_IMPORT_FROM: address };
  const { stdout } = await promisify(execFile)(process.execPath, argv, { env });
  return JSON.parse(stdout) as Report;
}

const counted = ({ counts }: Report) =>
  Object.fromEntries(
    counts.map(({ thing, taken, there, partly, left }) => [thing, [taken, there, partly, left]]),
  );
const first = {
  environment: [1, 0, 0, 0],
  group: [2, 0, 0, 0],
  user: [2, 0, 1, 1],
  grant: [1, 0, 0, 1],
  project: [1, 0, 1, 1],
  host: [1, 0, 0, 1],
  placement: [1, 0, 1, 2],
  ticket: [1, 0, 1, 1],
  operation: [2, 0, 0, 1],
};

test('a dry run says what would be taken and leaves everything as it was', async () => {
  const report = await cedar();
  expect(report.applied).toBe(false);
  expect(counted(report)).toEqual(first);
  expect(report.findings).toContainEqual({
    ...{ thing: 'project', name: 'online_evil', outcome: 'left' },
    why: 'its git address is refused: https://, ssh:// or user@host:path, without a password',
  });
  for (const table of [
    'users',
    'project_groups',
    'projects',
    'hosts',
    'operations',
    'tickets',
    'environments',
    'imported',
    'audit',
  ])
    expect(await fresh.db(table).count({ n: '*' }).first(), table).toEqual({ n: 0 });
});

test('what can be taken is taken, what cannot is told, and a second run changes nothing', async () => {
  expect(counted(await cedar('--apply'))).toEqual(first);
  const { db } = fresh;
  const project = (await projects.byKey(db, 'online_shop'))!;
  expect(project).toMatchObject({ type: 'nodejs', port: 4000, branch: 'master', notes: 'ask 李雷 first' });
  expect(project.settings.build.command).toBe('npm ci');
  expect(project.settings.checks).toMatchObject({ port: true, http: true, path: '/healthcheck', code: 200 });
  expect(project.template).toContain('[program:{{ key }}]');
  expect(project.env.map(({ name }) => name)).toEqual(['HOME', 'PROJECT_ENV', 'PRODUCT_ENV']);
  expect((await projects.byKey(db, 'online_api'))!.template).toBeNull();
  const [host] = await hosts.all(db);
  expect(host).toMatchObject({ name: 'web-1', address: '10.1.2.3', hostKey: null });
  const [placed] = await placements.ofProject(db, project.id);
  expect(placed).toMatchObject({ hostId: host!.id, processes: 2 });
  expect(placed!.env.map(({ name, value }) => [name, value.startsWith('v1.')])).toEqual([
    ['REGION', true],
    ['FLAG', true],
  ]);
  const li = (await users.all(db)).find(({ username }) => username === 'li')!;
  const [web] = (await groups.all(db)).filter(({ name }) => name === 'web');
  expect(await grants.ofUser(db, li.id)).toMatchObject([{ groupId: web!.id, config: true, deploy: true }]);
  const rows = await db('operations')
    .orderBy('id')
    .select('kind', 'state', 'commit_id', 'created_at', 'requested_name');
  expect(rows).toMatchObject([
    {
      kind: 'deploy',
      state: 'succeeded',
      commit_id: 'c'.repeat(40),
      created_at: 1_542_027_341_520,
      requested_name: 'li',
    },
    { kind: 'restart', state: 'failed', commit_id: null, created_at: 1_542_027_999_100 },
  ]);
  expect(await tickets.list(db, { states: ['done'], limit: 5 })).toMatchObject([
    {
      applicantId: li.id,
      reason: '上线 <b>支付</b>',
      createdAt: 1_542_027_000_250,
      closedAt: 1_542_028_000_500,
    },
  ]);
  const again = counted(await cedar('--apply'));
  expect(Object.values(again).reduce((sum, [taken]) => sum + taken!, 0)).toBe(0);
  expect(await db('operations').count({ n: '*' }).first()).toEqual({ n: 2 });
  expect(await db('audit').where({ action: 'import' }).count({ n: '*' }).first()).toEqual({ n: 2 });
});

test("[S10] the original's password works once and is replaced; the pages show what was taken", async () => {
  const { db, settings: place } = await freshDatabase();
  const settings = readConfig({ CEDAR_DATA_DIR: place.dataDir, CEDAR_LANGUAGE: 'en' });
  const vault = new Vault(Buffer.alloc(32, 7));
  await importOriginal(db, vault, await readOriginal(address), oldSettings, true);
  const app = buildApp({ db, vault, settings, sessionSecret: 'a secret for tests alone, of length' });
  const admin = (await users.all(db)).find(({ username }) => username === 'admin')!;
  expect(admin.role).toBe('admin');
  expect(await users.passwordHash(db, admin.id)).toBe(hash);
  const wrong = await new Browser(app).post(
    '/sign-in',
    { username: 'admin', password: 'geheim!' },
    '/sign-in',
  );
  expect(wrong.status).toBe(401);
  expect(await users.passwordHash(db, admin.id)).toBe(hash);
  await new Browser(app).signIn('admin', 'geheim');
  expect(await users.passwordHash(db, admin.id)).toMatch(/^\$argon2id\$/);
  const browser = await new Browser(app).signIn('admin', 'geheim');
  const history = await browser.get('/projects/online_shop/history');
  expect(history.text).toContain('online-20181112_20-55-41');
  const [operation] = await db('operations').orderBy('id').select('id');
  for (const path of [
    '/',
    '/projects/online_shop',
    '/projects/online_api',
    '/history',
    `/operations/${operation.id}`,
  ])
    expect((await browser.get(path)).status, path).toBe(200);
  const stranger = await new Browser(app).post(
    '/sign-in',
    { username: 'old', password: 'geheim' },
    '/sign-in',
  );
  expect(stranger.status).toBe(401);
});

test('an address that does not answer, or is none, is told', async () => {
  await expect(cedar('--from', 'mysql://nobody@127.0.0.1:1/none')).rejects.toMatchObject({
    code: 5,
    stderr: expect.stringContaining("The original's database cannot be read"),
  });
  await expect(cedar('--from', 'postgres://x')).rejects.toMatchObject({ code: 2 });
});
