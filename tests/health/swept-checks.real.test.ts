import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../src/demo/fleet/free-port.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { Sweep } from '../../src/health/sweep.ts';
import { defaultProjectSettings, type ProjectSettings } from '../../src/model/project.ts';
import { logTail } from '../../src/questions/log-tail.ts';
import type { Means } from '../../src/questions/means.ts';
import { SshPool } from '../../src/shells/ssh/pool.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import { snapshotOf } from '../../src/store/snapshot.ts';
import { placementStates } from '../../src/store/states.ts';
import { tailByCtl } from '../../src/supervisor/ctl-tail.ts';
import { renderForHost } from '../../src/supervisor/render-for-host.ts';
import { freshDatabase } from '../lab/database.ts';
import { addProject, ground } from '../store/inventory.ts';
import { layProject, reachableHost, writeProgram } from '../supervisor/host.ts';
import { sealed, vault } from '../supervisor/snapshots.ts';

/** Answers with the status of its file `word`, with a header; while its file `shut` is there it does not listen. */
const app = `
const http = require('http'), fs = require('fs');
const port = Number(process.argv[2].split('=')[1]);
const server = http.createServer((request, response) => {
  const word = fs.readFileSync('word', 'utf8').trim();
  if (word !== 'silent') response.writeHead(Number(word), { 'X-App': 'shop' }).end('hello');
});
setInterval(() => {
  const shut = fs.existsSync('shut');
  if (shut && server.listening) { server.close(); server.closeAllConnections(); }
  if (!shut && !server.listening) server.listen(port, process.env.HOST);
}, 20);
`;
/** Goes down at once, with its secret in both of its logs. */
const failing = `
console.log('\\x1b[32mstarting with ' + process.env.PASSWORD + '\\x1b[0m');
console.error('no database at ' + process.env.PASSWORD);
process.exit(3);
`;

/** Counts the streams that are opened to ports of the host. */
class CountingPool extends SshPool {
  reached = 0;
  override reach(...args: Parameters<SshPool['reach']>): ReturnType<SshPool['reach']> {
    this.reached += 1;
    return super.reach(...args);
  }
}

describe('a sweep that asks port and http', async () => {
  const { machine, host, target, access, options } = await reachableHost();
  const pool = new CountingPool(options);
  const { db } = await freshDatabase();
  const { groupId } = await ground(db);
  const draft = { name: machine.name, address: machine.address, settings: host.settings, notes: null };
  const { id: hostId } = await hosts.add(db, draft);
  await hosts.pin(db, hostId, { key: machine.hostKey, fingerprint: 'SHA256:x', by: 'alice' });
  const sweep = new Sweep({ db, pool, vault, deadlineMs: 1000, intervalMs: 0, atOnce: 4 });
  let placementId = '';
  let port = 0;

  async function runs(name: string, source: string, env: ReturnType<typeof sealed>): Promise<string> {
    const settings = { ...defaultProjectSettings, startSeconds: name === 'shop' ? 0 : 1 };
    const own = name === 'shop' ? port : await freePort(machine.address);
    const project = await addProject(db, groupId, { name, type: 'nodejs', port: own, settings });
    const { id } = await placements.add(db, { projectId: project.id, hostId, processes: 1, env });
    const snapshot = await snapshotOf(db, project.id, [hostId]);
    layProject(machine, `test_${name}`, { 'index.js': source, word: '200' });
    const text = renderForHost(snapshot.project, snapshot.hosts[0]!, vault);
    const apart = `stderr_logfile=${join(machine.logPath, `test_${name}`, 'err.log')}`;
    writeProgram(
      machine,
      `test_${name}`,
      text.replace('redirect_stderr=true', apart).replace('startretries=3', 'startretries=0'),
    );
    await pool.exec(target, [...access.ctl, 'update', `test_${name}`]);
    return id;
  }

  beforeAll(async () => {
    port = await freePort(machine.address);
    placementId = await runs('shop', app, sealed({ HOST: machine.address }));
    await until('it answers', () =>
      fetch(`http://${machine.address}:${port}/`).then(
        () => true,
        () => false,
      ),
    );
    return async () => pool.close();
  });

  const file = (name: string) => join(machine.hostPath, 'test_shop', name);

  async function asks(checks: Partial<ProjectSettings['checks']>): Promise<void> {
    const project = (await projects.byKey(db, 'test_shop'))!;
    const own = { ...defaultProjectSettings.checks, from: 'host' as const, sweep: true, ...checks };
    await projects.update(db, project.id, project.revision, {
      settings: { ...project.settings, checks: own },
    });
  }

  async function look() {
    await sweep.pass();
    await sweep.settled();
    const { state, message, processes } = (await placementStates(db, [placementId], 60_000)).get(
      placementId,
    )!;
    return { state, message, process: processes[0]?.state };
  }
  const well = { state: 'running', message: null, process: 'running' };
  const bad = (message: string) => ({ state: 'failed', message, process: 'failed' });

  test.each(['host', 'worker'] as const)(
    'is red and green again with what it asks, from the %s',
    async (from) => {
      await asks({ from });
      expect(await look()).toEqual(well);
      writeFileSync(file('word'), '500');
      expect(await look()).toEqual(bad(`http_status:${port} 500`));
      writeFileSync(file('word'), 'silent');
      expect(await look()).toEqual(bad(`http_silent:${port}`));
      writeFileSync(file('word'), '200');
      expect(await look()).toEqual(well);
      await asks({ from, header: 'X-App: till' });
      expect(await look()).toEqual(bad(`http_header:${port}`));
      await asks({ from });
      writeFileSync(file('shut'), '');
      await until('it is shut', async () => (await look()).message === `port_closed:${port}`);
      rmSync(file('shut'));
      await until('it is well', async () => (await look()).state === 'running');
    },
  );

  test('counts each look that agrees, so that an alarm waits for its retries', async () => {
    await asks({});
    writeFileSync(file('word'), '500');
    for (const looks of [1, 2, 3]) {
      await look();
      const row = await db('placement_states').where({ placement_id: placementId }).first('bad_looks');
      expect(Number(row.bad_looks)).toBe(looks);
    }
    writeFileSync(file('word'), '200');
    expect(await look()).toEqual(well);
  });

  test('believes supervisor alone where the project does not ask for more, and opens nothing', async () => {
    await asks({ sweep: false });
    writeFileSync(file('word'), '500');
    const before = pool.reached;
    expect(await look()).toEqual(well);
    expect(pool.reached).toBe(before);
    writeFileSync(file('word'), '200');
  });

  test('the last lines of a program in FATAL are read, both streams, with its secrets masked', async () => {
    const word = 'canary-password-4711';
    const id = await runs('broken', failing, sealed({ PASSWORD: word }, true));
    await until('it is FATAL', async () => {
      const { stdout } = await pool.exec(target, [...access.ctl, 'status', 'test_broken:*']);
      return stdout.includes('FATAL');
    });
    await look();
    expect((await placementStates(db, [id], 60_000)).get(id)?.state).toBe('failed');
    const means = { db, pool, vault, signal: AbortSignal.timeout(20_000) } as unknown as Means;
    const { logs } = await logTail(means, { placementId: id, process: 0 });
    expect(logs.map(({ stream }) => stream)).toEqual(['stdout', 'stderr']);
    expect(logs[0]?.text).toContain('starting with ***');
    expect(logs[1]?.text).toContain('no database at ***');
    expect(JSON.stringify(logs)).not.toContain(word);
    const { name } = (await placementStates(db, [id], 60_000)).get(id)!.processes[0]!;
    const byCtl = () =>
      tailByCtl(pool, target, access, { name, stream: 'stderr', bytes: 100 }, AbortSignal.timeout(20_000));
    expect(await byCtl()).toContain('no database at');
    rmSync(join(machine.logPath, 'test_broken'), { recursive: true });
    expect(await byCtl()).toBeNull();
    const gone = await logTail(means, { placementId: id, process: 0 });
    expect(gone.logs.map(({ text }) => text)).toEqual([null, null]);
    await machine.sshd.stop();
    await expect(logTail(means, { placementId: id, process: 0 })).rejects.toMatchObject({ code: /^ssh_/ });
  });
});
