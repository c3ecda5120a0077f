import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import { Rig } from '../lab/rig.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';
import {
  expectOver,
  expectReadable,
  expectUntouched,
  fails,
  hostStates,
  running,
  type Seen,
  seen,
} from './story.ts';

let rig: Rig;
let worker: WorkerProcess;
let second: FleetHost;
let own: Rig;
let before: Seen[];

/** The second host's path is a small file system of its own where the tester may mount one (root). */
const mounts = canMount();

beforeAll(async () => {
  rig = await Rig.start();
  second = rig.fleet[1]!;
  if (mounts) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'cedar-test', second.hostPath]);
  worker = rig.startWorker();
  own = await running(rig, 'hosts');
  await look();
});

afterAll(() => {
  if (mounts) execFileSync('umount', ['-l', second.hostPath]);
});

function canMount(): boolean {
  const dir = mkdtempSync(join(tmpdir(), 'cedar-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'cedar-test', dir], { stdio: 'ignore' });
    execFileSync('umount', [dir]);
    return true;
  } catch (error) {
    if ((error as { status?: number }).status === undefined) throw error;
    return false;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

async function look() {
  before = await Promise.all(rig.fleet.map((host) => seen(own, host)));
}

async function refused(code: string, host = 'h2') {
  const operation = await fails(own, { kind: 'deploy' }, code);
  expect(operation.failure.detail.host).toBe(host);
  expect(operation.failure.stepKey).toBe(`preflight@${own.hostIds[host === 'h2' ? 1 : 0]}`);
  expect(await hostStates(own, operation)).toEqual(['untouched', 'untouched']);
  return operation.failure;
}

async function mended() {
  await own.run({ kind: 'deploy' });
  await look();
}

async function untouched() {
  for (const one of before) await expectUntouched(own, one);
}

/** Fills the host's disk but for so many KiB. Gives the file that does it. */
function fill(host: FleetHost, leaveKib: number): string {
  const file = join(host.hostPath, 'filler');
  const { bavail, bsize } = statfsSync(host.hostPath);
  const blocks = bavail - Math.ceil((leaveKib * 1024) / bsize);
  writeFileSync(file, Buffer.alloc(blocks * bsize));
  return file;
}

describe('a host that is not well is found out before any host is touched', () => {
  it('when nothing listens at its ssh port', async () => {
    await second.stopSshd();
    await refused('ssh_refused');
    await untouched();
    await second.startSshd();
    await mended();
  });

  it('when its ssh accepts connections and never speaks', async () => {
    await second.stopSshd();
    await second.startSshd();
    process.kill(second.sshdPid, 'SIGSTOP');
    const began = performance.now();
    await refused('ssh_deadline');
    expect(performance.now() - began).toBeLessThan(15_000);
    await untouched();
    process.kill(second.sshdPid, 'SIGCONT');
    await mended();
  });

  it('[S83] when it shows another host key: it gets no key and no signature of ours', async () => {
    const file = join(second.sshd.dir, 'host_key');
    const log = join(second.sshd.dir, 'sshd.log');
    const old = readFileSync(file);
    await second.stopSshd();
    writeFileSync(file, ssh2.utils.generateKeyPairSync('ed25519').private, { mode: 0o600 });
    await second.startSshd();
    const logged = readFileSync(log, 'utf8').length;
    const failure = await refused('ssh_host-key');
    expect(failure.detail.address).toBe(`${second.address}:${second.sshPort}`);
    const since = readFileSync(log, 'utf8').slice(logged);
    expect(since).toMatch(/Connection (closed|reset) by/);
    expect(since).not.toMatch(/Accepted|authenticating user/);
    await untouched();
    await second.stopSshd();
    writeFileSync(file, old);
    await second.startSshd();
    await mended();
  });

  it('when its supervisor is dead or was stopped', async () => {
    await second.supervisord.kill();
    await refused('supervisor_down');
    await untouched();
    await second.stopSupervisor();
    await refused('supervisor_down');
    await expectUntouched(own, before[0]!);
    await second.startSupervisor();
    await mended();
  });

  it('when its supervisor hangs', async () => {
    second.supervisord.signal('SIGSTOP');
    await refused('supervisor_hung');
    await untouched();
    second.supervisord.signal('SIGCONT');
    await mended();
  });

  it('when a file of another team breaks its supervisor', async () => {
    const broken = join(second.supervisorDir, 'other-team.conf');
    const ours = join(second.supervisorDir, `${own.project.key}.conf`);
    const text = readFileSync(ours, 'utf8');
    writeFileSync(broken, '[program:other\ncommand = nothing\n');
    await refused('supervisor_reread');
    await untouched();
    expect(readFileSync(ours, 'utf8')).toBe(text);
    rmSync(broken);
    await mended();
  });

  it.skipIf(!mounts)('when its host path cannot be written', async () => {
    execFileSync('mount', ['--bind', second.hostPath, second.hostPath]);
    execFileSync('mount', ['-o', 'remount,ro,bind', second.hostPath]);
    try {
      await refused('host_path_not_writable');
      await untouched();
    } finally {
      execFileSync('umount', ['-l', second.hostPath]);
    }
    await mended();
  });

  it.skipIf(!mounts)('when its disk has no room for the release', async () => {
    const filler = fill(second, 700);
    const { detail } = await refused('disk_full');
    expect(detail).toMatchObject({ free: 1, needed: 2 });
    await untouched();
    rmSync(filler);
    await mended();
  });

  it.skipIf(!mounts)(
    'when its disk fills up while the release is sent: what came is removed again',
    async () => {
      await worker.kill('SIGTERM');
      const files = { 'large.bin': randomBytes(3 * 1024 * 1024).toString('base64') };
      own.repository.commit('large', { branch: 'large', files });
      const { id } = await own.launch({ kind: 'deploy', ref: 'large' });
      await rig.startWorker({ CEDAR_FAIL: 'stage@h2:intended' }).exited;
      const filler = fill(second, 1500);
      worker = rig.startWorker();
      const operation = await own.ended(id);
      expect(operation).toMatchObject({
        state: 'failed',
        failure: { code: 'ship_disk_full', detail: { host: 'h2' } },
      });
      expectReadable(operation.failure!);
      expect(operation.failure!.detail.tail).toMatch(/No space left|write failed|code 11/);
      await expectOver(own, operation);
      expect(await hostStates(own, operation)).toEqual(['untouched', 'untouched']);
      await untouched();
      const left = readdirSync(join(second.hostPath, '.cedar', own.project.key, 'releases'));
      expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
      rmSync(filler);
      await own.run({ kind: 'deploy', ref: 'large' });
      await mended();
    },
  );

  it.skipIf(!mounts)('when not one byte more can be written there', async () => {
    const filler = fill(second, 0);
    const { failure } = await fails(own, { kind: 'restart', hostIds: [own.hostIds[1]!] }, 'disk_full');
    expect(failure.detail).toMatchObject({ host: 'h2', free: 0, needed: 1 });
    await untouched();
    rmSync(filler);
    await mended();
  });
});
