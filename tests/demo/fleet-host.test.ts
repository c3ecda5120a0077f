import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answers } from '../../src/demo/fleet/free-port.ts';
import { type FleetHost, startHost } from '../../src/demo/fleet/host.ts';
import { procOf } from '../../src/demo/fleet/proc.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { makeKeyPair } from '../../src/shells/ssh/key-pair.ts';

const dir = mkdtempSync(join(tmpdir(), 'cedar-fleet-'));
const key = makeKeyPair('test');
let host: FleetHost;

beforeAll(async () => {
  host = await startHost({ dir: join(dir, 'h'), address: '127.0.0.31', authorizedKey: key.public });
});
afterAll(async () => {
  await host.stop();
  rmSync(dir, { recursive: true });
});

test('an owner of the key signs in and finds a home in the folder of the host', async () => {
  expect(await run(host, key.private, 'echo $HOME')).toBe(`${join(host.dir, 'home')}\n`);
});

test('another key is refused', async () => {
  const stranger = makeKeyPair('test');
  await expect(run(host, stranger.private, 'true')).rejects.toThrow(/authentication/i);
});

test('the pinned key is the one that the server shows', async () => {
  let shown = '';
  await run(host, key.private, 'true', (hostKey) => {
    shown = hostKey.toString('base64');
    return true;
  });
  expect(shown).toBe(host.hostKey);
});

test('supervisorctl reaches this supervisord and a program runs there', async () => {
  const pid = await startSleeper();
  expect(procOf(pid)?.command).toContain('sleep 1000');
});

test('a killed supervisord leaves its socket and programs, and is started again', async () => {
  const program = await startSleeper();
  await host.supervisord.kill();
  expect(procOf(program)).not.toBeNull();
  expect(ctl('status').stdout).toContain('refused connection');
  await host.startSupervisor();
  expect(ctl('pid').status).toBe(0);
});

test('an sshd that is stopped does not answer until it is started again, with the same key', async () => {
  const before = host.hostKey;
  await host.stopSshd();
  expect(await answers(host.address, host.sshPort)).toBe(false);
  await host.startSshd();
  expect(await run(host, key.private, 'echo back')).toBe('back\n');
  expect(host.hostKey).toBe(before);
});

test('stop leaves no process behind, and a second start keeps key and folders', async () => {
  const second = await startHost({ dir: join(dir, 'i'), address: '127.0.0.32', authorizedKey: key.public });
  const pids = [second.sshdPid, second.supervisordPid];
  await second.stop();
  expect(pids.map(procOf)).toEqual([null, null]);
  const again = await startHost({ dir: join(dir, 'i'), address: '127.0.0.32', authorizedKey: key.public });
  expect(again.hostKey).toBe(second.hostKey);
  await again.stop();
});

test('a folder with a very long name still gets a socket that can be opened', async () => {
  const deep = await startHost({
    dir: join(dir, 'x'.repeat(60), 'y'.repeat(60)),
    address: '127.0.0.33',
    authorizedKey: key.public,
  });
  expect(deep.supervisorSocket.length).toBeLessThan(107);
  await deep.stop();
});

function ctl(...words: string[]) {
  const [program = '', ...rest] = host.supervisorctl;
  return spawnSync(program, [...rest, ...words], { encoding: 'utf8' });
}

async function startSleeper(): Promise<number> {
  writeFileSync(join(host.supervisorDir, 'sleeper.conf'), '[program:sleeper]\ncommand=sleep 1000\n');
  ctl('reread');
  ctl('update', 'sleeper');
  await until('the sleeper runs', () => ctl('status', 'sleeper').stdout.includes('RUNNING'));
  return Number(ctl('pid', 'sleeper').stdout);
}

function run(
  host: FleetHost,
  privateKey: string,
  command: string,
  hostVerifier: (key: Buffer) => boolean = () => true,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.once('error', reject);
    client.once('ready', () => {
      client.exec(command, (error, channel) => {
        if (error) return reject(error);
        let out = '';
        channel.on('data', (chunk: Buffer) => {
          out += chunk.toString();
        });
        channel.once('close', () => {
          client.end();
          resolve(out);
        });
      });
    });
    client.connect({ host: host.address, port: host.sshPort, username: host.user, privateKey, hostVerifier });
  });
}
