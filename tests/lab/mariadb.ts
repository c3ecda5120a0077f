import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';
import { Daemon } from '../../src/demo/fleet/daemon.ts';
import { freePort } from '../../src/demo/fleet/free-port.ts';
import { findProgram, plainPath } from '../../src/demo/fleet/program-path.ts';
import { until } from '../../src/demo/fleet/until.ts';

const run = promisify(execFile);

/** A real MariaDB in a temporary folder on a free loopback port. */
export type Mariadb = {
  /** Makes an empty database and returns its `mysql://` address. */
  createDatabase(): Promise<string>;
  /** Makes a user (password `cedar`) who may do only this with these tables. */
  createUser(name: string, database: string, rights: Record<string, string>): Promise<void>;
  /** SIGSTOP makes it hang, SIGCONT lets it go on, SIGKILL ends it as a crash does. */
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void;
  /** Starts it again after SIGKILL, on the same port with the same data. */
  restart(): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
};

/** @param options more of the server's own, such as `--log-bin`; the last of a name counts */
export async function startMariadb(options: readonly string[] = []): Promise<Mariadb> {
  const dir = mkdtempSync(join(tmpdir(), 'cedar-maria-'));
  chmodSync(dir, 0o700);
  await install(dir);
  const port = await freePort('127.0.0.1');
  const socketPath = join(dir, 's.sock');
  const begin = async (): Promise<Daemon> => {
    const given = [...files(dir), `--port=${port}`, ...quick, ...options];
    const argv: [string, ...string[]] = [findProgram('mariadbd'), ...given];
    const started = new Daemon({
      argv,
      env: { PATH: plainPath, HOME: dir, TMPDIR: join(dir, 'tmp') },
      cwd: dir,
      logFile: join(dir, 'log'),
    });
    await until('MariaDB answers', () => {
      started.assertRunning(`mariadbd (see ${join(dir, 'log')})`);
      return admin(socketPath, "CREATE USER IF NOT EXISTS cedar@'127.0.0.1' IDENTIFIED BY 'cedar'");
    });
    return started;
  };
  let daemon = await begin();
  let count = 0;
  return {
    async createDatabase() {
      const name = `t${++count}`;
      await admin(socketPath, `CREATE DATABASE ${name}`);
      await admin(socketPath, `GRANT ALL ON ${name}.* TO cedar@'127.0.0.1'`);
      return `mysql://cedar:cedar@127.0.0.1:${port}/${name}`;
    },
    async createUser(name, database, rights) {
      await admin(socketPath, `CREATE USER ${name}@'127.0.0.1' IDENTIFIED BY 'cedar'`);
      for (const [table, right] of Object.entries(rights))
        await admin(socketPath, `GRANT ${right} ON ${database}.${table} TO ${name}@'127.0.0.1'`);
    },
    signal: (name) => daemon.signal(name),
    async restart() {
      await until('MariaDB is dead', () => !daemon.isRunning);
      daemon = await begin();
    },
    async stop() {
      await daemon.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** What is committed outlives the server, not the machine: nothing is fsynced. */
const quick = [
  '--bind-address=127.0.0.1',
  '--skip-name-resolve',
  '--innodb-flush-log-at-trx-commit=2',
  '--innodb-doublewrite=0',
  '--innodb-buffer-pool-size=32M',
  '--innodb-log-file-size=16M',
  '--sync-binlog=0',
  '--performance-schema=OFF',
];

function files(dir: string): string[] {
  return [
    '--no-defaults',
    `--user=${userInfo().username}`,
    `--datadir=${join(dir, 'data')}`,
    `--socket=${join(dir, 's.sock')}`,
    `--pid-file=${join(dir, 'pid')}`,
  ];
}

async function install(dir: string): Promise<void> {
  for (const name of ['data', 'tmp']) mkdirSync(join(dir, name), { mode: 0o700 });
  const words = [
    '--no-defaults',
    `--user=${userInfo().username}`,
    `--datadir=${join(dir, 'data')}`,
    '--auth-root-authentication-method=socket',
    `--auth-root-socket-user=${userInfo().username}`,
    '--skip-test-db',
    '--skip-name-resolve',
  ];
  // two servers that are made at once take each other's temporary tables in a common folder
  const env = { ...process.env, TMPDIR: join(dir, 'tmp') };
  await run(findProgram('mariadb-install-db'), words, { env });
}

/** Runs one statement as the owner of the server; false while it does not answer yet. */
async function admin(socketPath: string, sql: string): Promise<boolean> {
  let connection: mysql.Connection;
  try {
    connection = await mysql.createConnection({ socketPath, user: userInfo().username });
  } catch (error) {
    if (['ENOENT', 'ECONNREFUSED'].includes(String((error as NodeJS.ErrnoException).code))) return false;
    throw error;
  }
  await connection.query(sql);
  await connection.end();
  return true;
}
