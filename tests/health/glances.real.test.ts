import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { Glances } from '../../src/health/glances.ts';
import type { WatchedHost } from '../../src/health/watch-list.ts';
import type { Look } from '../../src/model/look.ts';
import { isSameLook } from '../../src/model/same-look.ts';
import { SshPool } from '../../src/shells/ssh/pool.ts';
import { startLab } from '../shells/ssh/lab.ts';
import { aHost, aProject, vault } from '../supervisor/snapshots.ts';
import { answerOf, running } from '../supervisor/told-processes.ts';

/** Reads links slowly: the clock goes on by so long meanwhile. */
class SlowPool extends SshPool {
  slowMs = 0;
  override async exec(...args: Parameters<SshPool['exec']>): ReturnType<SshPool['exec']> {
    const result = await super.exec(...args);
    if (this.slowMs > 0) vi.setSystemTime(Date.now() + this.slowMs);
    return result;
  }
}

describe('a machine whose supervisord tells the same as before', async () => {
  const lab = await startLab();
  const socket = join(lab.sshd.dir, 'supervisor.sock');
  const pool = new SlowPool({ keys: lab.keys, connectSeconds: 10, idleSeconds: 60, commandSeconds: 30 });
  const glances = new Glances({ pool, vault, deadlineMs: 5000 });
  let others = 0;
  const supervisord = createServer((_, answer) => void answer.end(answerOf(told(others))));
  await new Promise<void>((resolve) => void supervisord.listen(socket, resolve));
  afterEach(() => {
    pool.slowMs = 0;
    vi.useRealTimers();
  });
  afterAll(async () => {
    await pool.close();
    await closed(supervisord);
    await lab.stop();
  });

  /** A machine that nobody asked yet, with one process of ours. */
  function machine(): WatchedHost {
    const { address, port, user, hostKey } = lab.target;
    const settings = { ...aHost().settings, supervisorSocket: socket, sshPort: port, sshUser: user };
    const host = aHost({ address, hostKey, settings, processes: 1 });
    const project = aProject({ key: 'test_shop', type: 'sh', port: null });
    return { id: host.hostId, name: host.name, placements: [{ project, host }] };
  }

  /** What a machine is known as that was looked at once. */
  async function known(watched: WatchedHost): Promise<Look> {
    return { hostId: watched.id, ...(await glances.look(watched, undefined, true)) };
  }

  test('is found as it is known', async () => {
    const watched = machine();
    const before = await known(watched);
    expect(before.placements).toMatchObject([{ state: 'running', processes: [{ pid: 4711 }] }]);
    expect(await glances.look(watched, before, false)).toBe(before);
  });

  test('is so too where its links took long to read', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    pool.slowMs = 10_000;
    const watched = machine();
    const before = await known(watched);
    expect(await glances.look(watched, before, false)).toBe(before);
  });

  test('is read each time where it tells more than is kept', async () => {
    others = 200;
    expect(answerOf(told(others)).length).toBeGreaterThan(64 * 1024);
    const watched = machine();
    const before = await known(watched);
    const found = await glances.look(watched, before, false);
    expect(found).not.toBe(before);
    expect(isSameLook(before, { hostId: watched.id, ...found })).toBe(true);
  });
});

function told(others: number) {
  const now = Math.floor(Date.now() / 1000);
  const ours = running({ name: 'test_shop', now });
  return [
    ours,
    ...Array.from({ length: others }, (_, n) => running({ group: 'other', name: `o_${n}`, now })),
  ];
}

function closed(server: Server): Promise<unknown> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
}
