import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { look } from '../../src/supervisor/look.ts';
import { processNames, renderForHost } from '../../src/supervisor/render-for-host.ts';
import { SupervisorRpc } from '../../src/supervisor/rpc.ts';
import { layProject, reachableHost, writeProgram } from './host.ts';
import { aProject, vault } from './snapshots.ts';

const forever = 'echo "started 中"\nexec sleep 1000\n';

describe('a look at a real supervisord', async () => {
  const reached = await reachableHost();
  const { machine, host, pool, target, access } = reached;
  const rpc = new SupervisorRpc(pool, target, access);
  const project = aProject({ type: 'sh', port: 7000, settings: { ...aProject().settings, startSeconds: 0 } });
  const closed = { ...access, socket: join(machine.dir, 'no.sock') };

  test('two processes of a template of ours are seen, by XML-RPC and by supervisorctl alike', async () => {
    layProject(machine, project.key, { 'deploy_start.sh': forever });
    writeProgram(machine, project.key, renderForHost(project, host, vault));
    layProject(machine, 'online_bad', {});
    writeProgram(
      machine,
      'online_bad',
      `[program:online_bad]\ncommand=/bin/false\nstartretries=0\nautorestart=false\n`,
    );
    expect((await rpc.reread()).added.sort()).toEqual(['online_bad', 'online_shop']);
    await pool.exec(target, [...access.ctl, 'update', 'online_shop', 'online_bad']);
    await until('all are settled', async () =>
      (await look(pool, target, access)).processes.every((process) =>
        ['RUNNING', 'FATAL'].includes(process.state),
      ),
    );
    const byRpc = await look(pool, target, access);
    const byCtl = await look(pool, target, closed);
    expect([byRpc.via, byCtl.via]).toEqual(['rpc', 'ctl']);
    const names = byRpc.processes
      .filter(({ group }) => group === project.key)
      .map((p) => `${p.group}:${p.name}`);
    expect(names.sort()).toEqual(processNames(project, host));
    const shape = ({ processes }: typeof byRpc) =>
      processes
        .map(({ group, name, state, pid }) => ({ group, name, state, pid }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(shape(byCtl)).toEqual(shape(byRpc));
    for (const process of byRpc.processes.filter((candidate) => candidate.state === 'RUNNING')) {
      const same = byCtl.processes.find(({ name }) => name === process.name);
      expect(Math.abs((same?.start ?? 0) - process.start)).toBeLessThanOrEqual(2);
    }
    expect(byRpc.processes.find(({ name }) => name === 'online_bad')).toMatchObject({
      state: 'FATAL',
      pid: 0,
    });
  });

  test('the tail of a log is read, also where it is cut within a character', async () => {
    const name = `${project.key}:${project.key}_7000`;
    await until('it has spoken', async () => (await rpc.tail(name, 1000)) !== '');
    expect(await rpc.tail(name, 1000)).toBe('started 中\n');
    expect(await rpc.tail(name, 4)).toBe('中\n');
    expect(await rpc.tail(name, 3)).toBe('\n');
    expect(await rpc.tail('no:such', 100)).toBe('');
    appendFileSync(join(machine.logPath, project.key, `${project.key}_7000.log`), '<&> '.repeat(20_000));
    expect(await rpc.tail(name, 80_000)).toBe('<&> '.repeat(20_000));
  });

  test('a reread that finds a broken file says so and changes nothing', async () => {
    writeProgram(machine, 'online_broken', '[program:online_broken]\ncommand=x\nenvironment=A=50%off\n');
    await expect(rpc.reread()).rejects.toMatchObject({
      code: 'supervisor_reread',
      detail: { host: machine.name, message: expect.stringContaining('50%off') },
    });
    writeProgram(machine, 'online_broken', '');
    expect(await rpc.reread()).toMatchObject({ changed: [] });
    expect(await rpc.supervisorState()).toBe('RUNNING');
  });

  test('a supervisord that hangs is told from one that is down', async () => {
    machine.supervisord.signal('SIGSTOP');
    try {
      const late = { deadlineMs: 400 };
      await expect(look(pool, target, access, late)).rejects.toMatchObject({ code: 'supervisor_hung' });
    } finally {
      machine.supervisord.signal('SIGCONT');
    }
    await machine.supervisord.kill();
    await expect(look(pool, target, access)).rejects.toMatchObject({ code: 'supervisor_down' });
    await machine.startSupervisor();
    await machine.stopSupervisor();
    await expect(look(pool, target, access)).rejects.toMatchObject({ code: 'supervisor_down' });
    const nowhere = { ...closed, ctl: ['/nowhere/supervisorctl'] };
    await expect(look(pool, target, nowhere)).rejects.toMatchObject({ code: 'supervisor_missing' });
  });

  test('a machine that cannot be reached is no matter of supervisor', async () => {
    await machine.stopSshd();
    await expect(look(pool, target, access)).rejects.toMatchObject({ code: expect.stringMatching(/^ssh_/) });
  });
});

test('a socket with a password wants the right one; supervisorctl may know it', async () => {
  const { pool, target, access } = await reachableHost({
    supervisorUser: 'cedar',
    supervisorPassword: 'p%w',
  });
  expect(await look(pool, target, { ...access, user: 'cedar', password: 'p%w' })).toMatchObject({
    via: 'rpc',
    processes: [],
  });
  const wrong = { ...access, user: 'cedar', password: 'wrong' };
  await expect(look(pool, target, wrong)).rejects.toMatchObject({ code: 'supervisor_auth' });
  expect(await look(pool, target, { ...access, user: '' })).toEqual({
    via: 'ctl',
    processes: [],
    answer: null,
  });
});
