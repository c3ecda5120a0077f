import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { Vault } from '../../src/auth/vault.ts';
import { importOriginal } from '../../src/original/import.ts';
import { readOriginal } from '../../src/original/read.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import { freshDatabase, mariadbOfFile } from '../lab/database.ts';
import { fillOriginal } from '../lab/original-database.ts';
import { fillShop, oldHash, oldSettings } from '../lab/original-shop.ts';

const vault = new Vault(Buffer.alloc(32, 7));
const people = {
  user: [{ email: 'l@b.cn', username: 'li', _password: oldHash }],
  userservicegroup: [{ username: 'li', servicegroup: 'web', permissions: 'online' }],
};
const shop = {
  ...{ project_name: 'online_shop', project: 'shop', environment: 'online', business: 'web', type: 'python' },
  ...{ port: 4000, git: 'git@git.example.com:web/shop.git', branch: 'master' },
};
const update = {
  taskid: '1542027341.5',
  project_name: 'online_shop',
  operation: 'serviceUpdate',
  user: 'li',
};

async function taken(address: string) {
  const { db } = await freshDatabase();
  const { all } = await importOriginal(db, vault, await readOriginal(address), oldSettings, true);
  const project = (await projects.byKey(db, 'online_shop'))!;
  return { db, all, project, placed: await placements.ofProject(db, project.id) };
}

test('the shape with a table of configurations is read: names, checks, command, tickets, history', async () => {
  const address = await (await mariadbOfFile()).createDatabase();
  const checks = { checkport: 'yes', checkhttp: 'no', httpurl: '/ok', httpcode: '204' };
  await fillOriginal(
    address,
    {
      ...people,
      servicegroup: [{ servicegroup: 'web' }],
      projectinfo: [shop],
      project_config: [{ project_name: 'online_shop', make: 'pip install', remarks: 'mind it', ...checks }],
      serverinfo: [{ project_name: 'online_shop', hostname: 'web-1', ip: '10.1.2.3', pnum: '3', env: 'A=1' }],
      updateoperation: [{ ...update, status: 'ok', commitid: 'c'.repeat(40) }],
      workorder: [
        {
          project: 'online_shop',
          applicant: 'li',
          applicationtime: '1542027000',
          status: 'wait',
          remarks: '',
        },
      ],
    },
    'older',
  );
  const { db, project, placed } = await taken(address);
  expect(project).toMatchObject({ type: 'python', port: 4000, notes: 'mind it', branch: 'master' });
  expect(project.settings.build.command).toBe('pip install');
  expect(project.settings.checks).toMatchObject({ port: true, http: false, path: '/ok', code: 204 });
  expect(placed).toMatchObject([{ processes: 3, env: [{ name: 'A' }] }]);
  expect(await db('operations').pluck('state')).toEqual(['succeeded']);
  expect(await db('tickets').pluck('state')).toEqual(['waiting']);
});

test('the oldest shape is read; what it does not say is told, and nothing is claimed in its place', async () => {
  const address = await (await mariadbOfFile()).createDatabase();
  await fillOriginal(
    address,
    {
      ...people,
      projectinfo: [{ ...shop, make: 'pip install', ischeck: 'yes', checkurl: '/ok', statuscode: '200' }],
      serverinfo: [{ project_name: 'online_shop', hostname: 'web-1', ip: '10.1.2.3', variable1: '10.0.0.5' }],
      updateoperation: [update],
    },
    'oldest',
  );
  const { db, all, project, placed } = await taken(address);
  expect(project.settings.build.command).toBe('pip install');
  expect(project.settings.checks).toMatchObject({ http: true, path: '/ok', code: 200 });
  expect(placed).toMatchObject([{ processes: 1, env: [] }]);
  expect(await db('project_groups').pluck('name')).toEqual(['web']);
  expect(await db('operations')).toEqual([]);
  expect(all.filter(({ why }) => why !== '')).toMatchObject([
    { thing: 'placement', outcome: 'partly', why: 'not taken, for it has no name: variable1' },
    { thing: 'operation', outcome: 'left', why: 'how it ended is not known (yet)' },
  ]);
});

test('times are the same instants wherever the command runs, and whatever zone the server is in', async () => {
  const address = await (await mariadbOfFile()).createDatabase();
  await fillShop(address);
  const seen = [];
  for (const TZ of ['Asia/Shanghai', 'America/New_York']) {
    const fresh = await freshDatabase();
    const script = join(import.meta.dirname, '../../scripts/cedar.mjs');
    const env = { PATH: process.env.PATH, ...fresh.env, CEDAR_IMPORT_FROM: address, TZ };
    await promisify(execFile)(process.execPath, [script, 'import', '--apply'], { env });
    const operations = await fresh.db('operations').select('created_at', 'started_at', 'finished_at');
    seen.push([operations, await fresh.db('tickets').pluck('created_at')]);
  }
  const at = Date.UTC(2018, 10, 12, 12, 55, 41, 520); // 20:55:41 in Shanghai, as its tag says
  expect(seen[0]).toEqual([[{ created_at: at, started_at: at, finished_at: at }], [1_542_027_000_250]]);
  expect(seen[1]).toEqual(seen[0]);
});
