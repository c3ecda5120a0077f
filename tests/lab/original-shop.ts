import { pbkdf2Sync } from 'node:crypto';
import mysql from 'mysql2/promise';
import type { OriginalSettings } from '../../src/original/settings.ts';
import { fillOriginal, type OriginalRow } from './original-database.ts';

/** What the original keeps of the password `geheim`. */
export const oldHash = `pbkdf2:sha256:50000$Ab3dEf9h$${pbkdf2Sync('geheim', 'Ab3dEf9h', 50_000, 32, 'sha256').toString('hex')}`;

export const oldSettings: OriginalSettings = {
  ...{ admins: ['admin'], user: 'work', hostPath: '/app', logPath: '/log', supervisorDir: '/etc/supervisor' },
  ...{ production: ['online'], allowLoopback: false, allowInsecureGit: false },
};

/** A project of the original's, with what it knows of one by default. */
export function oldProject(name: string, over: OriginalRow = {}): OriginalRow {
  return {
    ...{
      project: `online_${name}`,
      group: 'web',
      environment: 'online',
      p: name,
      codetype: 'nodejs',
      port: 4000,
    },
    ...{ git: 'git@git.example.com:web/shop.git', branch: 'master', make: 'npm ci', supervisor: '' },
    ...{ checkport: 'yes', checkhttp: 'yes', httpurl: '/healthcheck', httpcode: '200' },
    ...{ config: '', remarks: '', ...over },
  };
}

/** An original with one project on one host, two people, one ticket that waits and one deploy. */
export async function fillShop(address: string): Promise<void> {
  await fillOriginal(address, {
    user: ['admin', 'li'].map((username) => ({ email: `${username}@b.cn`, username, _password: oldHash })),
    servicegroup: [{ servicegroup: 'web' }],
    userservicegroup: [{ username: 'li', servicegroup: 'web', permissions: 'online' }],
    projectinfo: [oldProject('shop')],
    serverinfo: [{ project: 'online_shop', hostname: 'web-1', ip: '10.1.2.3', pnum: '2', env: 'FLAG=1' }],
    workorder: [
      {
        ...{ group: 'web', project: 'online_shop', applicant: 'li', applicationtime: '1542027000.25' },
        ...{ status: 'wait', executor: '', completiontime: '', remarks: '新价格\nplease' },
      },
    ],
    updateoperation: [
      {
        ...{ taskid: '1542027341.52', project: 'online_shop', hostlist: '10.1.2.3', user: 'li' },
        ...{
          tag: 'online-20181112_20-55-41',
          operation: 'serviceUpdate',
          status: 'ok',
          commitid: 'c'.repeat(40),
        },
      },
      {
        taskid: '1542027999',
        project: 'online_shop',
        operation: 'serviceRestart',
        status: 'wait',
        user: 'li',
      },
    ],
  });
}

/** Says one statement to an original's database. */
export async function sayTo(address: string, sql: string, values: unknown[] = []): Promise<void> {
  const connection = await mysql.createConnection({ uri: address, charset: 'utf8' });
  try {
    await connection.query(sql, values);
  } finally {
    await connection.end();
  }
}
