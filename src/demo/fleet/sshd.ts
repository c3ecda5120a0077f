import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { makeKeyPair } from '../../shells/ssh/key-pair.ts';
import { Daemon, endRemains } from './daemon.ts';
import { answers, freePort } from './free-port.ts';
import { findProgram, plainPath } from './program-path.ts';
import { until } from './until.ts';

export type SshdOptions = {
  dir: string;
  address: string;
  /** 0 or absent: a free one. */
  port?: number;
  /** Lines of authorized_keys. */
  authorizedKeys: string[];
  /** HOME of what runs in its sessions. */
  home: string;
};

/** An OpenSSH server of our own with its own host key, for the user who runs us: others cannot sign in. */
export class Sshd {
  readonly dir: string;
  readonly address: string;
  readonly port: number;
  /** The public host key in ssh wire form, base64. */
  readonly hostKey: string;
  #daemon: Daemon | null = null;

  private constructor(dir: string, address: string, port: number) {
    this.dir = dir;
    this.address = address;
    this.port = port;
    this.hostKey = ensureHostKey(join(dir, 'host_key'));
  }

  static async start(options: SshdOptions): Promise<Sshd> {
    mkdirSync(options.dir, { recursive: true, mode: 0o700 });
    const sshd = new Sshd(options.dir, options.address, options.port || (await freePort(options.address)));
    sshd.authorize(options.authorizedKeys);
    writeFileSync(sshd.#conf, configuration(sshd, options.home), { mode: 0o600 });
    await sshd.start();
    return sshd;
  }

  get pid(): number {
    return this.#daemon?.pid ?? 0;
  }

  get #conf(): string {
    return join(this.dir, 'sshd_config');
  }

  /** Replaces authorized_keys; the next sign-in goes by it. */
  authorize(lines: string[]): void {
    writeFileSync(join(this.dir, 'authorized_keys'), `${lines.join('\n')}\n`, { mode: 0o600 });
  }

  /** Starts it again after `stop`, on the same port with the same key. */
  async start(): Promise<void> {
    if (this.#daemon?.isRunning) return;
    const pidFile = join(this.dir, 'sshd.pid');
    if (existsSync(pidFile)) await endRemains(Number(readFileSync(pidFile, 'utf8')), this.#conf);
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    const daemon = new Daemon({
      argv: [findProgram('sshd'), '-D', '-e', '-f', this.#conf],
      env: { PATH: plainPath },
      cwd: this.dir,
      logFile: join(this.dir, 'sshd.log'),
      stopMs: 3000,
    });
    this.#daemon = daemon;
    await until(`sshd answers on ${this.address}:${this.port}`, () => {
      daemon.assertRunning(`sshd (see ${join(this.dir, 'sshd.log')})`);
      return answers(this.address, this.port);
    });
  }

  /** Ends it together with all open sessions. */
  async stop(): Promise<void> {
    await this.#daemon?.stop();
  }
}

/** Makes the key where there is none yet and returns its public half. */
function ensureHostKey(file: string): string {
  if (!existsSync(file)) {
    const pair = makeKeyPair('cedar-demo');
    writeFileSync(file, pair.private, { mode: 0o600 });
    writeFileSync(`${file}.pub`, `${pair.public}\n`, { mode: 0o644 });
  }
  return readFileSync(`${file}.pub`, 'utf8').split(' ')[1] ?? '';
}

/*
 * StrictModes would refuse key files below a folder that others may write to, such as /tmp.
 * UsePAM is only for a root whose password is locked with `!`, whom sshd refuses otherwise (sshd(8)).
 */
function configuration(sshd: Sshd, home: string): string {
  const usePam = process.getuid?.() === 0 && rootIsLocked() ? 'yes' : 'no';
  return `ListenAddress ${sshd.address}:${sshd.port}
HostKey ${join(sshd.dir, 'host_key')}
PidFile ${join(sshd.dir, 'sshd.pid')}
AuthorizedKeysFile ${join(sshd.dir, 'authorized_keys')}
AllowUsers ${userInfo().username}
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
UsePAM ${usePam}
UseDNS no
PrintMotd no
X11Forwarding no
SetEnv HOME=${home} PATH=${plainPath}
`;
}

function rootIsLocked(): boolean {
  return /^root:!/m.test(readFileSync('/etc/shadow', 'utf8'));
}
