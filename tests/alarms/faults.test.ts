import { type ChildProcess, spawn } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import { descendantsOf } from '../../src/demo/fleet/proc.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { flipsOf } from '../../src/store/flips.ts';
import { hostStates } from '../../src/store/host-states.ts';
import type { PlacementState } from '../../src/store/states.ts';
import { Machines, STALE } from './machines.ts';

const stateOf = (states: PlacementState[]) => states.map(({ state }) => state);

describe('on real machines', async () => {
  const m = await Machines.start();
  const [first, second] = m.fleet;
  const [placement = ''] = m.placementIds;
  const keys = async () => (await m.open()).map(({ kind, hostName }) => `${kind} ${hostName}`);

  /** Everything is well, and nobody has to be told of anything. */
  beforeEach(async () => {
    await m.forgetFlips();
    await m.until(
      'all is well',
      (states, open) => states.every(({ state }) => state === 'running') && open.length === 0,
    );
    await m.forgetTold();
    await m.said();
  });

  test('a program that is FATAL is one alarm, told once, and its end is told', async () => {
    m.mark(first, 'broken');
    await m.kill(first);
    await m.until('it is an alarm', (_states, open) => open.length > 0);
    await until('supervisor has given it up', async () => /\bFATAL\b/.test(await m.status(first)));
    const [one, other] = await m.look();
    expect([one?.state, other?.state]).toEqual(['failed', 'running']);
    expect(one?.processes[0]).toMatchObject({ state: 'failed', pid: null });
    expect(one?.processes[0]?.message).toContain('Exited too quickly');
    await m.pass();
    expect(await m.status(first), 'it is left so').toMatch(/\bFATAL\b/);
    expect(await keys()).toEqual(['service h1']);
    expect(await m.said()).toMatchObject([{ title: { key: 'notice.alarm.one' }, urgent: true }]);
    m.mark(first, 'well');
    await m.control(first, 'start', 'online_svc:*');
    await m.until('it is over', (_states, open) => open.length === 0);
    expect(await m.said()).toMatchObject([{ title: { key: 'notice.alarm.one_ended' }, urgent: false }]);
    const past = (await flipsOf(m.db, { placementId: placement, from: 0 })).filter(
      ({ processName }) => processName === null,
    );
    expect(past.map(({ to }) => to)).toEqual(expect.arrayContaining(['failed', 'running']));
  });

  test('a program that dies again and again is an alarm, though every look meets it up', async () => {
    m.mark(second, 'shaky');
    await m.kill(second);
    await m.until('it is an alarm', (_states, open) => open.some(({ flapping }) => flapping));
    expect(await keys()).toEqual(['service h2']);
    expect(await m.said()).toMatchObject([
      {
        title: { key: 'notice.alarm.one' },
        lines: [{ detail: { flapping: { key: 'notice.alarm.flapping' } } }],
      },
    ]);
    m.mark(second, 'well');
    await m.until('it stays up', ([, two]) => two?.state === 'running' && isOlderThan(two, 2000));
    await m.pass();
    expect(await keys(), 'it is not over while its last changes are so near').toEqual(['service h2']);
    await m.forgetFlips();
    expect(await m.pass()).toMatchObject({ ended: 1 });
  });

  test('a machine that is down is one alarm, and none for its services', async () => {
    await first.stopSshd();
    try {
      await m.until('it is an alarm', (_states, open) => open.length > 0);
      expect(stateOf(await m.look())).toEqual(['unreachable', 'running']);
      expect(await keys()).toEqual(['host h1']);
    } finally {
      await first.startSshd();
    }
    await m.until('it is over', (_states, open) => open.length === 0);
    expect((await m.said()).map(({ title }) => title.key)).toEqual([
      'notice.alarm.one',
      'notice.alarm.one_ended',
    ]);
  });

  test('a machine that hangs costs its own deadline: the other is looked at meanwhile', async () => {
    const before = await hostStates(m.db, STALE);
    halt(first);
    try {
      await m.due();
      await m.sweep.pass();
      const [, secondId = ''] = m.hostIds;
      await until('the other was looked at', async () => {
        const now = await hostStates(m.db, STALE);
        return (now.get(secondId)?.checkedAt ?? 0) > (before.get(secondId)?.checkedAt ?? 0);
      });
      const [firstId = ''] = m.hostIds;
      expect((await hostStates(m.db, STALE)).get(firstId)?.checkedAt, 'it still hangs').toBe(
        before.get(firstId)?.checkedAt,
      );
      await m.sweep.settled();
      await m.until('it is an alarm', (_states, open) => open.length > 0);
      expect(await keys()).toEqual(['host h1']);
      expect(stateOf(await m.states())).toEqual(['unreachable', 'running']);
    } finally {
      goOn(first);
    }
  });

  test.each([
    ['dead', () => first.supervisord.kill(), () => restart(first), 'down'],
    [
      'stopped by SIGSTOP',
      async () => first.supervisord.signal('SIGSTOP'),
      async () => first.supervisord.signal('SIGCONT'),
      'hung',
    ],
    ['without its socket', async () => hide(first), async () => unhide(first), 'down'],
  ] as const)(
    'a supervisord that is %s is one alarm of its own, and no service failed',
    async (_how, breakIt, mend, seen) => {
      await breakIt();
      try {
        await m.until('it is an alarm', (_states, open) => open.length > 0);
        expect(await keys()).toEqual(['supervisor h1']);
        const [hostId = ''] = m.hostIds;
        // a busy machine's supervisorctl may be too slow to tell at the first look
        await until(`supervisord is seen as ${seen}`, async () => {
          await m.look();
          return (await hostStates(m.db, STALE)).get(hostId)?.supervisor === seen;
        });
        expect((await hostStates(m.db, STALE)).get(hostId)?.reachable).toBe('yes');
        expect(stateOf(await m.states())[0]).not.toBe('failed');
        expect(stateOf(await m.states())[0]).not.toBe('running');
      } finally {
        await mend();
      }
      await m.until('it is over', (_states, open) => open.length === 0);
      expect(await m.said()).toHaveLength(2);
    },
  );

  test('two that sweep share the machines: each is looked at by one of them', async () => {
    const asked: string[] = [];
    const [one, two] = [m.another(asked), m.another(asked)];
    await m.due();
    await Promise.all([one.pass(), two.pass(), one.pass(), two.pass()]);
    await Promise.all([one.settled(), two.settled()]);
    expect(asked.sort()).toEqual(['h1', 'h2']);
  });

  test('a health program that is killed is missed, however often workers look after operations', async () => {
    const rules = { silentMs: 2000 };
    const swept = async () => Number((await m.db('host_states').max({ at: 'swept_at' }).first())?.at);
    const before = await swept();
    const program = startHealth(m.env);
    await until('it sweeps', async () => (await swept()) > before, 30_000);
    program.kill('SIGKILL');
    await until('nobody is seen to sweep', async () => {
      await m.lookNow();
      await m.pass(rules);
      return (await keys()).includes('sweep null');
    });
    expect((await m.said()).map(({ title }) => title)).toMatchObject([
      { key: 'notice.alarm.one', detail: { what: { key: 'notice.alarm.of_sweep' } } },
    ]);
    const heir = startHealth(m.env);
    try {
      await until('another one is', async () => (await m.pass(rules)).open === 0, 30_000);
    } finally {
      heir.kill('SIGKILL');
    }
    expect((await m.said()).map(({ title }) => title.key)).toContain('notice.alarm.one_ended');
  });

  test('a sweep that is killed half-way loses nothing but its own look', async () => {
    halt(first);
    await m.due();
    const program = startHealth(m.env);
    const [firstId = '', secondId = ''] = m.hostIds;
    const checked = async (id: string) => (await hostStates(m.db, STALE)).get(id)?.checkedAt ?? 0;
    try {
      const before = await checked(firstId);
      const other = await checked(secondId);
      await until('it has looked at one of them', async () => (await checked(secondId)) > other, 30_000);
      program.kill('SIGKILL');
      expect(await checked(firstId)).toBe(before);
    } finally {
      program.kill('SIGKILL');
      goOn(first);
    }
    const heir = startHealth(m.env);
    try {
      const before = await checked(firstId);
      await until('another one looks at it', async () => (await checked(firstId)) > before, 30_000);
    } finally {
      heir.kill('SIGKILL');
    }
  });
});

const root = join(import.meta.dirname, '../..');
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** Up for so long: longer than the shaky program ever is. */
function isOlderThan({ since }: PlacementState, ms: number): boolean {
  return since !== null && Date.now() - since > ms;
}

/** The health program, with the settings of the installation. */
function startHealth(env: Record<string, string>): ChildProcess {
  const argv = ['--import', 'tsx', join(root, 'src/bin/health.ts')];
  const child = spawn(process.execPath, argv, {
    ...{ cwd: root, stdio: 'ignore', env: { PATH: process.env.PATH, CEDAR_SWEEP_SECONDS: '1', ...env } },
  });
  running.push(child);
  return child;
}

/** Stops a machine's sshd and every session of it: connections are taken, and nothing is answered. */
function halt(host: FleetHost): void {
  for (const pid of sshdsOf(host)) process.kill(pid, 'SIGSTOP');
}

function goOn(host: FleetHost): void {
  for (const pid of sshdsOf(host)) process.kill(pid, 'SIGCONT');
}

function sshdsOf(host: FleetHost): number[] {
  return [host.sshdPid, ...descendantsOf(host.sshdPid).map(({ pid }) => pid)];
}

const aside = (host: FleetHost) => `${host.supervisorSocket}.aside`;
/** The streams that are open already would go on: a new one is needed to miss it. */
function hide(host: FleetHost): void {
  renameSync(host.supervisorSocket, aside(host));
  for (const { pid } of descendantsOf(host.sshdPid)) process.kill(pid, 'SIGTERM');
}
function unhide(host: FleetHost): void {
  renameSync(aside(host), host.supervisorSocket);
}

/** A supervisord that was killed leaves its programs behind. */
async function restart(host: FleetHost): Promise<void> {
  await host.stopSupervisor();
  await host.startSupervisor();
}
