import { beforeAll, expect, test } from 'vitest';
import { Vault } from '../../src/auth/vault.ts';
import type { Finding } from '../../src/original/finding.ts';
import { importOriginal } from '../../src/original/import.ts';
import { readOriginal } from '../../src/original/read.ts';
import { allEndpoints } from '../../src/web/api/routes.ts';
import { allRoutes } from '../../src/web/routes.ts';
import { CedarCommand } from '../lab/cedar-command.ts';
import { type FreshDatabase, freshDatabase, mariadbOfFile } from '../lab/database.ts';
import { fillOriginal, type OriginalRow } from '../lab/original-database.ts';

const settings = {
  ...{ admins: [], user: 'work', hostPath: '/app', logPath: '/log', supervisorDir: '/etc/supervisor' },
  ...{ production: ['online'], allowLoopback: false, allowInsecureGit: false },
};
const good = {
  ...{ group: 'web', environment: 'test', codetype: 'nodejs', port: 4000, branch: 'main', make: 'npm ci' },
  ...{ git: 'https://git.example.com/shop.git', supervisor: '', config: '', remarks: '' },
  ...{ checkport: 'yes', checkhttp: 'yes', httpurl: '/healthcheck', httpcode: '200' },
};
const program = '[program:x]\ncommand=/usr/bin/node index.js\n';
const machine = { hostname: 'm', pnum: '1', env: '' };

/** Each is refused as a whole; the name is what the report calls it. */
const hostileProjects: Record<string, OriginalRow> = {
  ...Object.fromEntries(
    ['../../etc', '..', 'a/b', '-rf', 'a b', 'a;touch CANARY', '$(touch CANARY)', 'A', 'x'.repeat(49)].map(
      (p) => [`test_${p}`, { p }],
    ),
  ),
  on_line_shop: { environment: 'on_line', p: 'shop' },
  '../x_shop': { environment: '../x', p: 'shop' },
  test_other: { p: 'different' },
  ...Object.fromEntries(
    [
      ...['ext::sh -c touch% CANARY', '--upload-pack=touch CANARY;x', '-u./CANARY', 'file:///etc', '/CANARY'],
      ...['http://169.254.169.254/x', 'https://u:CANARY@git.example.com/x', 'git@-oProxyCommand=x:y'],
      ...['https://127.0.0.1/x', 'http://git.example.com/x', 'ssh://-oProxyCommand=touch CANARY/x'],
    ].map((git, index) => [`test_git${index}`, { p: `git${index}`, git }]),
  ),
  ...Object.fromEntries(
    ['--output=/tmp/CANARY', 'a..b', '$(touch CANARY)', '@{-1}', 'HEAD', 'x;id', ''].map((branch, index) => [
      `test_branch${index}`,
      { p: `branch${index}`, branch },
    ]),
  ),
  ...Object.fromEntries(
    ['//CANARY/', '@CANARY/', 'http://CANARY', '/a\r\nHost: CANARY', '/`touch CANARY`'].map(
      (httpurl, index) => [`test_url${index}`, { p: `url${index}`, httpurl }],
    ),
  ),
  test_make: { p: 'make', make: `make\0CANARY` },
  test_makes: { p: 'makes', make: 'CANARY '.repeat(2000) },
  test_type: { p: 'type', codetype: 'constructor' },
  test_types: { p: 'types', codetype: '../CANARY' },
  test_port: { p: 'port', port: 99_999 },
  test_tomcat: { p: 'tomcat', codetype: 'java', port: 100 },
  test_notes: { p: 'notes', remarks: 'CANARY '.repeat(1000) },
};
/** These are taken, with the type's own template and without what is hostile in theirs. */
const hostileTemplates = [
  `${program}[eventlistener:CANARY]\ncommand=touch CANARY`,
  `${program}[include]\nfiles=/tmp/CANARY.conf`,
  `${program}[unix_http_server]\nfile=/tmp/CANARY`,
  `${program}directory=/etc/CANARY`,
  `${program}stdout_logfile=/etc/CANARY`,
  `${program}numprocs=100000\nprocess_name=CANARY`,
  `${program}environment=A="x" CANARY="y"`,
  `${program}command={% include "CANARY" %}`,
  `${program}command=<%= CANARY %>%(ENV_x)s`,
];
/** Of these templates something is left out, and told. */
const curtailed = {
  'user=root': 'user=CANARY',
  variable: 'environment=LD_PRELOAD="/tmp/CANARY.so",BASH_ENV=/tmp/CANARY,PATH=CANARY,A=1',
  option: 'serverurl=http://CANARY/',
};
const hostileHosts = [
  ...['-oProxyCommand=touch CANARY', 'a@b', 'h;id', '::1%eth0', '2130706433', '127.1', 'h#', '['],
  ...['localhost', '127.0.0.1', '169.254.169.254', '10.0.0.1 CANARY'],
];
const hostileUsers = ['../CANARY', '-rf', 'a b', '\u212aate', '\uff41dmin', '<b>CANARY'];

let fresh: FreshDatabase;
let found: Finding[];
beforeAll(async () => {
  const address = await (await mariadbOfFile()).createDatabase();
  const project = ([key, over]: [string, OriginalRow]) => ({ ...good, project: key, ...over });
  const templates = [...hostileTemplates, ...Object.values(curtailed).map((line) => `${program}${line}`)];
  await fillOriginal(address, {
    user: hostileUsers.map((username) => ({ email: username, username, _password: 'x' })),
    servicegroup: ['web', 'a\u0007CANARY', '\u001b]0;CANARY', 'x'.repeat(64)].map((servicegroup) => ({
      servicegroup,
    })),
    userservicegroup: [{ username: 'ada', servicegroup: 'web', permissions: 'constructor' }],
    projectinfo: [
      project(['test_good', { p: 'good' }]),
      ...Object.entries(hostileProjects).map(project),
      ...templates.map((supervisor, index) => {
        return project([`test_t${index}`, { p: `t${index}`, port: 5000 + index, supervisor }]);
      }),
    ],
    serverinfo: [
      {
        ...machine,
        project: 'test_good',
        ip: '10.0.0.9',
        hostname: 'h;touch CANARY',
        env: 'LD_AUDIT=CANARY,B=2',
      },
      ...hostileHosts.map((ip) => ({ ...machine, project: 'test_good', ip })),
      { ...machine, project: 'test_t0', ip: '10.0.0.9', pnum: '100000', env: 'A="x"\ncommand=touch CANARY' },
    ],
    updateoperation: [
      {
        taskid: '1542027341',
        project: 'test_good',
        hostlist: '',
        tag: '',
        operation: 'constructor',
        status: 'ok',
      },
      {
        taskid: 'CANARY',
        project: 'test_good',
        hostlist: '',
        tag: '',
        operation: 'serviceStop',
        status: 'ok',
      },
      { taskid: '1542027342', project: 'test_good', operation: 'serviceStop', status: 'CANARY' },
    ],
    workorder: [{ project: 'test_good', applicant: 'CANARY', applicationtime: '1542027341', status: 'wait' }],
  });
  fresh = await freshDatabase('sqlite');
  const original = await readOriginal(address);
  const vault = new Vault(Buffer.alloc(32, 7));
  found = (await importOriginal(fresh.db, vault, original, settings, true)).all;
});

const told = (thing: string) => (name: string) =>
  found.filter((one) => one.thing === thing && one.name === name);

test('[S96] what a page would refuse is not taken out of another database, and is told', async () => {
  for (const [key] of Object.entries(hostileProjects))
    expect(told('project')(key.trim()), key).toMatchObject([
      { outcome: 'left', why: expect.stringMatching(/./) },
    ]);
  for (const ip of hostileHosts) expect(told('host')(ip), ip).toMatchObject([{ outcome: 'left' }]);
  for (const name of hostileUsers) expect(told('user')(name), name).toMatchObject([{ outcome: 'left' }]);
  expect(found.filter(({ thing, outcome }) => thing === 'group' && outcome === 'left')).toHaveLength(2);
  expect(found.filter(({ thing, outcome }) => thing === 'operation' && outcome === 'taken')).toEqual([]);
  expect(found.filter(({ thing, outcome }) => thing === 'ticket' && outcome === 'taken')).toEqual([]);
  expect(await fresh.db('users')).toEqual([]);
  expect(await fresh.db('grants')).toEqual([]);
  expect(await fresh.db('hosts').pluck('address')).toEqual(['10.0.0.9']);
  expect(await fresh.db('environments').pluck('name')).toEqual(['test']);
  const refused = await fresh.db('audit').where({ action: 'import' }).first();
  expect(refused).toMatchObject({ actor: expect.stringMatching(/^cli:/), via: 'cli', result: 'ok' });
  expect(refused.after).toContain('"test_../../etc"');
});

test('[S96] nothing of it is stored anywhere, and no hostile template or variable comes along', async () => {
  const tables = await fresh
    .db('sqlite_master')
    .where({ type: 'table' })
    .whereNot({ name: 'audit' })
    .pluck('name');
  for (const table of tables as string[])
    expect(JSON.stringify(await fresh.db(table)), table).not.toContain('CANARY');
  for (const [index] of hostileTemplates.entries()) {
    expect(told('project')(`test_t${index}`), `${index}`).toMatchObject([{ outcome: 'partly' }]);
    const row = await fresh
      .db('projects')
      .where({ project_key: `test_t${index}` })
      .first();
    expect(row.template, `${index}`).toBeNull();
  }
  const vault = new Vault(Buffer.alloc(32, 7));
  const variables = [
    ...(await fresh.db('projects').pluck('env')),
    ...(await fresh.db('placements').pluck('env')),
  ]
    .flatMap((text) => JSON.parse(text))
    .map(({ name, value }) => `${name}=${vault.open(value)}`);
  expect(variables.sort()).toEqual(['A=1', 'B=2']);
  const [, dropped] = Object.keys(curtailed).map((_, index) =>
    told('project')(`test_t${hostileTemplates.length + index}`),
  );
  expect(dropped![0]!.why).toContain('LD_PRELOAD, BASH_ENV, PATH');
  expect(found.find(({ name }) => name === 'test_t0 on 10.0.0.9')?.why).toContain('100 possible');
});

test('[S96] only who has this database and its key imports: no page and no token does', async () => {
  const addresses = [...allRoutes, ...allEndpoints].map(({ path }) => path);
  expect(addresses.filter((path) => /import|restore/.test(path))).toEqual([]);
  const from = ['--from', 'mysql://root@127.0.0.1:1/x'];
  const elsewhere = { CEDAR_URL: 'http://127.0.0.1:1', CEDAR_TOKEN: 'cdr_aaaaaaaaaaaa_x', DATABASE_URL: '' };
  const commands = [
    new CedarCommand({ ...fresh.env, ...elsewhere }, [
      'import',
      ...from,
      '--apply',
      '--host-path',
      '/a;touch CANARY',
    ]),
    new CedarCommand({ ...fresh.env }, ['import', '--from', 'mysql://root:CANARY@127.0.0.1:1/x']),
  ];
  const [wrong, open] = await Promise.all(
    commands.map(async (one) => [await one.ended, one.stderr] as const),
  );
  expect(wrong).toEqual([2, expect.stringContaining('--host-path')]);
  expect(open).toEqual([2, expect.stringContaining('CEDAR_IMPORT_FROM')]);
  expect(open![1]).not.toContain('CANARY');
});
