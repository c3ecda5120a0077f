import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import ssh2 from 'ssh2';
import { freePort } from '../../src/demo/fleet/free-port.ts';
import { makeKeyPair } from '../../src/shells/ssh/key-pair.ts';
import type { Target } from '../../src/shells/ssh/target.ts';

/** A real sshd of our own on a free loopback port, as the user who runs the tests. */
export type Sshd = {
  target: Target;
  /** For files of the test; removed by stop(). */
  dir: string;
  pid: number;
  /** Everything that sshd logged (level VERBOSE). */
  log(): string;
  stop(): Promise<void>;
};

export type SshdOptions = {
  /** Lines for authorized_keys. */
  authorizedKeys: string[];
  keyName?: string;
  hostKeyType?: 'ed25519' | 'rsa' | 'ecdsa';
  /** More lines for sshd_config; sshd takes the first of each option, so these win. */
  config?: string[];
  address?: string;
  port?: number;
};

export async function startSshd(options: SshdOptions): Promise<Sshd> {
  const dir = await mkdtemp(join(tmpdir(), 'cedar-sshd-'));
  const address = options.address ?? '127.0.0.1';
  const port = options.port ?? (await freePort(address));
  const hostKey = makeHostKey(options.hostKeyType ?? 'ed25519');
  await writeFile(join(dir, 'host_key'), hostKey.private, { mode: 0o600 });
  await writeFile(join(dir, 'authorized_keys'), options.authorizedKeys.join('\n') + '\n', { mode: 0o600 });
  await writeFile(join(dir, 'sshd_config'), configOf(dir, address, port, options.config ?? []));
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });

  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(dir, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  await answers(address, port, child, () => log);
  return {
    target: {
      name: 'lab',
      address,
      port,
      user: userInfo().username,
      keyName: options.keyName ?? 'default',
      hostKey: hostKey.public.split(' ')[1] ?? '',
    },
    dir,
    pid: child.pid ?? 0,
    log: () => log,
    stop: async () => {
      await ended(child);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function makeHostKey(type: 'ed25519' | 'rsa' | 'ecdsa') {
  if (type === 'rsa') return ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 });
  if (type === 'ecdsa') return ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
  return makeKeyPair('lab');
}

function configOf(dir: string, address: string, port: number, more: string[]): string {
  return [
    ...more,
    `ListenAddress ${address}:${port}`,
    `HostKey ${dir}/host_key`,
    `AuthorizedKeysFile ${dir}/authorized_keys`,
    // Away from the tester's own login files: a slow .bashrc is run for every command.
    `SetEnv HOME=${dir}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'LogLevel VERBOSE',
    '',
  ].join('\n');
}

async function answers(address: string, port: number, child: ChildProcess, log: () => string) {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`sshd ended: ${log()}`);
    if (await greets(address, port)) return;
    await pause(25);
  }
  throw new Error(`sshd does not answer: ${log()}`);
}

function greets(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const answer = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    socket.once('data', () => answer(true));
    socket.once('error', () => answer(false));
    socket.once('close', () => answer(false));
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
