import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { Fleet } from '../alarms/fleet.ts';
import { CedarCommand } from '../lab/cedar-command.ts';
import { eachDatabase } from '../lab/database.ts';
import { WorkerProcess } from '../lab/worker-process.ts';

const root = join(import.meta.dirname, '../..');
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** The line for cron that a page of ours tells. */
function cronLine(page: string): string {
  const found = /^ *(\* \* \* \* \* .*)$/m.exec(readFileSync(join(root, page), 'utf8'));
  return found?.[1] ?? '';
}

/** An installation in a folder of its own: the programs, and an `.env` with these settings. */
function installed(env: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'cedar-cron-'));
  folders.push(folder);
  symlinkSync(join(root, 'scripts'), join(folder, 'scripts'));
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  writeFileSync(join(folder, '.env'), lines.join('\n'), { mode: 0o600 });
  return folder;
}

/** As cron does: by sh, from home, with next to no environment. */
function cron(folder: string): Promise<{ stdout: string; stderr: string }> {
  const command = cronLine('README.md').replace('* * * * * ', '').replace('/opt/cedardeploy', folder);
  const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: '/' };
  return promisify(execFile)('/bin/sh', ['-c', command], { env, cwd: '/' });
}

/** `cedar alarm` to its end. */
async function alarm(env: Record<string, string>): Promise<CedarCommand & { code: number | null }> {
  const command = new CedarCommand(env, ['--json', 'alarm']);
  return Object.assign(command, { code: await command.ended });
}

async function failing(kind: 'sqlite' | 'mariadb' = 'sqlite', looks = 2): Promise<Fleet> {
  const fleet = await Fleet.of(kind, { hosts: 1, projects: 1 });
  await fleet.look('running');
  await fleet.look('failed', {}, {}, looks);
  return fleet;
}

test('all pages tell the same line', () => {
  expect(cronLine('README.md')).toBe(
    '* * * * * cd /opt/cedardeploy && node scripts/cedar.mjs alarm >/dev/null',
  );
  for (const page of ['README.zh-CN.md', 'docs/alarms.md'])
    expect(cronLine(page), page).toBe(cronLine('README.md'));
});

eachDatabase((kind) =>
  test(`the line for cron opens an alarm and tells of it, once (${kind})`, async () => {
    const fleet = await failing(kind);
    const folder = installed({ ...fleet.env, CEDAR_ALARM_SECONDS: '0' });
    expect(await cron(folder), 'cron mails what is said').toEqual({ stdout: '', stderr: '' });
    expect(await fleet.db('alarms').pluck('kind')).toEqual(['service']);
    expect(await fleet.messages()).toHaveLength(1);
    await Promise.all([cron(folder), cron(folder)]);
    expect(await fleet.db('alarms')).toHaveLength(1);
    expect(await fleet.messages()).toHaveLength(1);
  }),
);

describe('cedar alarm', () => {
  test('says what it did, for people and for programs', async () => {
    const { env } = await failing();
    const people = new CedarCommand(env, ['alarm']);
    expect(await people.ended, people.stderr).toBe(0);
    expect(people.stdout).toBe('Alarms open: 1, new: 1, ended: 0; messages: 1.\n');
    expect((await alarm(env)).json).toEqual({ opened: 0, ended: 0, messages: 0, open: 1 });
  });

  test('ends with 2 and the name of a wrong setting', async () => {
    const { code, stderr } = await alarm({ ...(await failing()).env, CEDAR_ALARM_RETRIES: 'many' });
    expect(code).toBe(2);
    expect(stderr).toContain('CEDAR_ALARM_RETRIES');
  });

  test('ends with 5 where the database does not answer, and tells no password', async () => {
    const { code, stderr } = await alarm({ DATABASE_URL: 'mysql://cedar:a-password@127.0.0.1:1/cedar' });
    expect(code).toBe(5);
    expect(stderr).toMatch(/^cedar: The database did not answer: .*ECONNREFUSED/);
    expect(stderr).not.toContain('a-password');
  });

  test('ends with 2 for words that it does not know', async () => {
    const command = new CedarCommand({}, ['alarm', 'now']);
    expect(await command.ended).toBe(2);
    expect(command.stderr).toContain('too many arguments');
  });

  test('goes by CEDAR_ALARM_RETRIES', async () => {
    const { env } = await failing('sqlite', 1);
    expect((await alarm(env)).json).toMatchObject({ opened: 0 });
    expect((await alarm({ ...env, CEDAR_ALARM_RETRIES: '0' })).json).toMatchObject({ opened: 1 });
  });

  test('goes by CEDAR_ALARM_REPEAT_MINUTES', async () => {
    const fleet = await failing();
    await alarm(fleet.env);
    await fleet.later(4 * 60_000);
    expect((await alarm(fleet.env)).json).toMatchObject({ messages: 0, open: 1 });
    const often = { ...fleet.env, CEDAR_ALARM_REPEAT_MINUTES: '3' };
    expect((await alarm(often)).json).toMatchObject({ messages: 1, open: 1 });
  });

  test('goes by CEDAR_ALARM_SILENT_SECONDS', async () => {
    const fleet = await Fleet.of('sqlite', { hosts: 1, projects: 1 });
    await fleet.look('running');
    await fleet.quiet(200_000);
    const short = { ...fleet.env, CEDAR_ALARM_SILENT_SECONDS: '150' };
    for (const env of [fleet.env, short]) {
      expect((await alarm(env)).json, 'one look may have met a clock that was set').toMatchObject({
        opened: 0,
      });
      if (env === short) await fleet.doubted(60_000);
    }
    expect((await alarm(short)).json).toMatchObject({ opened: 1 });
  });
});

test('a worker leaves it to cron where CEDAR_ALARM_SECONDS is 0', async () => {
  const fleet = await failing();
  const key = () => randomBytes(32).toString('base64');
  const keys = { CEDAR_MASTER_KEY: key(), CEDAR_SESSION_SECRET: key() };
  const passes = async () => Number((await fleet.db('alarm_passes').first('number')).number);
  const idle = new WorkerProcess({ ...fleet.env, ...keys, CEDAR_ALARM_SECONDS: '0' });
  const started = async () => !idle.running || (await fleet.db('workers')).length > 0;
  await until('it has started', started, 30_000);
  await idle.kill('SIGTERM');
  expect(await idle.exited, idle.output).toEqual({ code: 0, signal: null });
  expect(await passes(), 'the first pass would have been over before it ended').toBe(0);
  const busy = new WorkerProcess({ ...fleet.env, ...keys, CEDAR_ALARM_SECONDS: '0.1' });
  await until('it passes', async () => (await passes()) > 1, 30_000);
  await busy.kill();
  expect(await fleet.db('alarms')).toHaveLength(1);
});
