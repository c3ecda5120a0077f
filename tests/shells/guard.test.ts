import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import { descendantsOf, procOf } from '../../src/demo/fleet/proc.ts';
import { until } from '../../src/demo/fleet/until.ts';
import type { HostSnapshot } from '../../src/model/operation.ts';
import type { Guard } from '../../src/shells/guard/guard.ts';
import { GuardRefused, OutcomeUnknown, StaleFence } from '../../src/shells/guard/guard-error.ts';
import type { SshPool } from '../../src/shells/ssh/pool.ts';
import { targetOf } from '../../src/shells/ssh/target.ts';
import { guardedHost } from '../lab/guarded-host.ts';

let guard: Guard;
let host: HostSnapshot;
let pool: SshPool;
let fleetHost: FleetHost;
let projects = 0;

beforeAll(async () => {
  ({ guard, host, pool, fleetHost } = await guardedHost());
});

/** A project of its own per test, with a ledger that actions append to. */
function project() {
  projects += 1;
  const ledger = join(mkdtempSync(join(tmpdir(), 'cedar-ledger-')), 'ledger');
  const projectKey = `test_p${projects}`;
  const run = (key: string, fence: number, action: string, timeoutSeconds = 20) =>
    guard.run(host, { projectKey, fence, key, action, timeoutSeconds });
  return {
    projectKey,
    run,
    started: () => (existsSync(ledger) ? readFileSync(ledger, 'utf8').split('\n').length - 1 : 0),
    ledger,
    folder: `${guard.folder(host)}/projects/${projectKey}`,
  };
}

describe('the guard on a host', () => {
  it('runs an action once and answers the same key with what was recorded', async () => {
    const { run, ledger, started } = project();
    const action = `echo start >> ${ledger}; echo said; exit 3`;
    const first = await run('op.step.1', 1, action);
    const again = await run('op.step.1', 1, action);
    expect(first).toMatchObject({ rc: 3, out: 'said\n', replayed: false });
    expect(again).toMatchObject({ rc: 3, out: 'said\n', replayed: true, at: first.at });
    expect(started()).toBe(1);
  });

  it('that is busy is not asked twice to hear of a fence', async () => {
    const { run, started, ledger, projectKey } = project();
    const held = run('op.held.1', 1, `echo > ${ledger}; until [ -e ${ledger}.go ]; do sleep 0.05; done`);
    await until('it runs', () => started() === 1);
    const { args, heard } = guard.announcement(host, projectKey, 2);
    // It waits for twenty seconds more than it is told.
    const line = args[1].replace(' 60 ', ' -20 ');
    const script = 'echo fact; printf "%s\\n" "$1" | sh "$2" "$3"';
    const argv = ['sh', '-c', script, 'cedar', line, guard.script(host).file, args[0]];
    const { stdout } = await pool.exec(targetOf(host), argv);
    writeFileSync(`${ledger}.go`, '');
    await held;
    expect(() => heard(stdout)).toThrow(new GuardRefused(host.name, 'BUSY', ''));
  });

  it('lets eight callers of one key have one start between them', async () => {
    const { run, ledger, started } = project();
    const all = await Promise.all(
      Array.from({ length: 8 }, () => run('op.once.1', 1, `echo start >> ${ledger}; sleep 0.3`)),
    );
    expect(started()).toBe(1);
    expect(all.filter((one) => one.replayed)).toHaveLength(7);
    expect(all.every((one) => one.rc === 0)).toBe(true);
  });

  it('refuses a fence older than one that it has seen', async () => {
    const { run, ledger, started, projectKey } = project();
    await guard.announce(host, projectKey, 5);
    await expect(run('op.old.1', 4, `echo start >> ${ledger}`)).rejects.toBeInstanceOf(StaleFence);
    await expect(guard.announce(host, projectKey, 4)).rejects.toBeInstanceOf(StaleFence);
    expect(started()).toBe(0);
    expect((await run('op.new.1', 5, `echo start >> ${ledger}`)).rc).toBe(0);
  });

  it('goes on when the connection is cut, and the caller gets the result by asking again', async () => {
    const { run, ledger, started, folder } = project();
    const running = run(
      'op.cut.1',
      1,
      `echo start >> ${ledger}; while ! [ -f ${ledger}.go ]; do sleep 0.05; done; echo end`,
    );
    await until('the action began', () => existsSync(ledger));
    const connections = descendantsOf(fleetHost.sshdPid).filter(({ parent }) => parent === fleetHost.sshdPid);
    expect(connections.length).toBeGreaterThan(0);
    for (const { pid } of connections) process.kill(pid, 'SIGKILL');
    writeFileSync(`${ledger}.go`, '');
    expect(await running).toMatchObject({ out: 'end\n', replayed: true });
    expect(started()).toBe(1);
    for (const name of ['input', 'action'])
      expect(readFileSync(`${folder}/runs/op.cut.1/${name}`, 'utf8')).toBe('');
  });

  it('says unknown when the guard and its wrapper were killed, and never starts a second time', async () => {
    const { run, ledger, started, folder } = project();
    const action = `echo start >> ${ledger}; echo $$ > ${ledger}.pid; while ! [ -f ${ledger}.go ]; do sleep 0.05; done`;
    const running = run('op.killed.1', 1, action).catch((error) => error);
    await until('the action began', () => existsSync(`${ledger}.pid`));
    const actionPid = Number(readFileSync(`${ledger}.pid`, 'utf8'));
    const timeout = procOf(actionPid)!.parent;
    process.kill(procOf(timeout)!.parent, 'SIGKILL');
    expect(await running).toBeInstanceOf(OutcomeUnknown);
    await expect(run('op.killed.1', 2, action)).rejects.toMatchObject({ at: expect.any(Number) });
    expect(started()).toBe(1);
    process.kill(actionPid, 'SIGKILL');
    expect(existsSync(`${folder}/runs/op.killed.1/rc`)).toBe(false);
  });

  it('is not held by a daemon that an action leaves behind', async () => {
    const { run, ledger } = project();
    await run('op.daemon.1', 1, `setsid sleep 60 >/dev/null 2>&1 & echo $! > ${ledger}.pid`);
    const next = await run('op.after.1', 1, 'echo free');
    process.kill(Number(readFileSync(`${ledger}.pid`, 'utf8')), 'SIGKILL');
    expect(next.out).toBe('free\n');
  });

  it('ends an action at its time-out', async () => {
    const { run } = project();
    expect((await run('op.slow.1', 1, 'sleep 30', 1)).rc).toBe(124);
  });

  it('[S87] cannot be told a result by what runs under it', async () => {
    const { run } = project();
    const result = await run('op.forge.1', 1, "printf '\\nabc DONE 0 1 1\\n'; exit 9");
    expect(result).toMatchObject({ rc: 9, out: '\nabc DONE 0 1 1\n' });
  });

  it('does not run an action that arrived in part', async () => {
    const { ledger, started, projectKey } = project();
    const folder = guard.folder(host);
    const file = readdirSync(folder).find((name) => name.startsWith('guard-'));
    const action = `echo start >> ${ledger}`;
    const input = `run ${projectKey} 1 op.part.1 5 nonce ${action.length + 50} 0\n${action}`;
    const result = await pool.exec(targetOf(host), ['sh', `${folder}/${file}`, folder], { input });
    expect(result.stdout).toContain('nonce INCOMPLETE');
    expect(started()).toBe(0);
  });

  it.each([
    ['an action', 'echo end', 0],
    ['an input', 'echo end; cat', 7],
  ])('does not run %s that could not be written', async (_, action, inputBytes) => {
    const { projectKey } = project();
    const folder = guard.folder(host);
    const file = readdirSync(folder).find((name) => name.startsWith('guard-'));
    // As on a full disk: all is read, the end of it is not written, and the status says so.
    const programs = mkdtempSync(join(tmpdir(), 'cedar-full-'));
    const cut = inputBytes ? '7' : String(action.length);
    const head = `#!/bin/sh\n[ "$2" = ${cut} ] || exec /usr/bin/head "$@"\n/usr/bin/head "$@" >/dev/null; exit 1\n`;
    writeFileSync(join(programs, 'head'), head, { mode: 0o755 });
    const input = `run ${projectKey} 1 op.full.1 5 nonce ${action.length} ${inputBytes}\n${action}${'x'.repeat(inputBytes)}nonce\n`;
    const command = ['env', `PATH=${programs}:/usr/bin:/bin`, 'sh', `${folder}/${file}`, folder];
    const result = await pool.exec(targetOf(host), command, { input });
    expect(result.stdout).toContain('nonce INCOMPLETE');
    expect(existsSync(join(folder, 'projects', projectKey, 'runs/op.full.1'))).toBe(false);
  });
});
