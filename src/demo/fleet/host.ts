import { mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { defaultHostSettings, type HostSettings } from '../../model/host-settings.ts';
import { Sshd } from './sshd.ts';
import { Supervisord } from './supervisord.ts';

export type HostOptions = {
  /** Everything of the host lives here. Absolute. */
  dir: string;
  /** An address of 127.0.0.0/8. */
  address: string;
  /** Absent or 0: a free one. */
  sshPort?: number;
  /** One line or several of authorized_keys: who may sign in. */
  authorizedKey: string | string[];
  /** Default: `host-` and the last number of the address. */
  name?: string;
  /** Credentials of supervisor's socket; none by default. */
  supervisorUser?: string;
  supervisorPassword?: string;
};

/** A machine played by two ordinary processes on a loopback address: sshd and supervisord, both for the current user. */
export class FleetHost {
  readonly name: string;
  readonly address: string;
  readonly user: string;
  readonly dir: string;
  readonly hostPath: string;
  readonly logPath: string;
  readonly sshd: Sshd;
  readonly supervisord: Supervisord;
  readonly supervisorUser: string;

  constructor(options: HostOptions, sshd: Sshd, supervisord: Supervisord) {
    this.name = options.name ?? `host-${options.address.split('.').at(-1)}`;
    this.address = options.address;
    this.user = userInfo().username;
    this.dir = options.dir;
    this.hostPath = join(options.dir, 'app');
    this.logPath = join(options.dir, 'log');
    this.sshd = sshd;
    this.supervisord = supervisord;
    this.supervisorUser = options.supervisorUser ?? '';
    for (const folder of [this.hostPath, this.logPath]) mkdirSync(folder, { recursive: true, mode: 0o755 });
  }

  get sshPort(): number {
    return this.sshd.port;
  }

  /** The public host key in ssh wire form, base64: what gets pinned. */
  get hostKey(): string {
    return this.sshd.hostKey;
  }

  get supervisorDir(): string {
    return this.supervisord.includeDir;
  }

  get supervisorSocket(): string {
    return this.supervisord.socket;
  }

  get supervisorctl(): string[] {
    return this.supervisord.ctl;
  }

  get sshdPid(): number {
    return this.sshd.pid;
  }

  get supervisordPid(): number {
    return this.supervisord.pid;
  }

  /** All that CedarDeploy has to know of it; `supervisorPassword` is for the caller to seal and add. */
  settings(sshKey = 'default'): HostSettings {
    return {
      ...defaultHostSettings,
      sshUser: this.user,
      sshPort: this.sshPort,
      sshKey,
      hostPath: this.hostPath,
      logPath: this.logPath,
      supervisorDir: this.supervisorDir,
      supervisorSocket: this.supervisorSocket,
      supervisorUser: this.supervisorUser,
      supervisorctl: this.supervisorctl,
    };
  }

  startSshd(): Promise<void> {
    return this.sshd.start();
  }

  /** The host becomes unreachable: nothing listens, open sessions end. */
  stopSshd(): Promise<void> {
    return this.sshd.stop();
  }

  startSupervisor(): Promise<void> {
    return this.supervisord.start();
  }

  stopSupervisor(): Promise<void> {
    return this.supervisord.stop();
  }

  /** Ends every process of the host, programs included; its folder stays. */
  async stop(): Promise<void> {
    await Promise.all([this.sshd.stop(), this.supervisord.stop()]);
    this.supervisord.removeSocket();
  }
}

/** Starts a host, or starts it again in the same folder: the host key and what was deployed are still there. */
export async function startHost(options: HostOptions): Promise<FleetHost> {
  const home = join(options.dir, 'home');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const authorizedKeys = [options.authorizedKey].flat();
  const sshd = await Sshd.start({
    dir: join(options.dir, 'ssh'),
    address: options.address,
    port: options.sshPort,
    authorizedKeys,
    home,
  });
  const supervisord = await startSupervisord(options, sshd);
  return new FleetHost(options, sshd, supervisord);
}

async function startSupervisord(options: HostOptions, sshd: Sshd): Promise<Supervisord> {
  const dir = join(options.dir, 'sv');
  try {
    return await Supervisord.start({
      dir,
      user: options.supervisorUser,
      password: options.supervisorPassword,
    });
  } catch (error) {
    await sshd.stop();
    throw error;
  }
}
