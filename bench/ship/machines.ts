import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Sshd } from '../../src/demo/fleet/sshd.ts';
import { Supervisord } from '../../src/demo/fleet/supervisord.ts';
import { defaultHostSettings, type HostSettings } from '../../src/model/host-settings.ts';
import { Disks } from './disks.ts';

/** A machine played by a real sshd, and where it is asked for a supervisord, on a loopback address of its own. */
export type Machine = {
  name: string;
  dir: string;
  sshd: Sshd;
  settings: HostSettings;
  supervisord: Supervisord | null;
};

/** The hosts of the run, and one way to them for every tool: an ssh configuration with a key of its own. */
export class Machines {
  readonly all: Machine[] = [];
  readonly dir: string;
  readonly user = userInfo().username;
  readonly #keys: string[];
  readonly #disks = Disks.make();

  /** @param ourLine the product's own public key */
  constructor(dir: string, ourLine: string) {
    this.dir = dir;
    mkdirSync(join(dir, 'hosts'), { recursive: true });
    mkdirSync(join(dir, 'cm'), { mode: 0o700 });
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', this.keyFile]);
    this.#keys = [ourLine, readFileSync(`${this.keyFile}.pub`, 'utf8').trim()];
  }

  get keyFile(): string {
    return join(this.dir, 'key');
  }

  /** Without ControlMaster. */
  get plainConfig(): string {
    return join(this.dir, 'ssh-plain');
  }

  /** With a ControlMaster that persists. */
  get warmConfig(): string {
    return join(this.dir, 'ssh-warm');
  }

  /** So many machines in all from now on. */
  async grow(count: number): Promise<void> {
    while (this.all.length < count) {
      const number = this.all.length + 1;
      const name = `m${number}`;
      const dir = join(this.dir, 'hosts', name);
      this.#disks.mount(dir, name);
      for (const folder of ['home', 'app', 'log', 'conf', 'raw', 'ansible'])
        mkdirSync(join(dir, folder), { recursive: true });
      const address = `127.77.${process.pid % 200}.${number}`;
      const home = join(dir, 'home');
      const sshd = await Sshd.start({ dir: join(dir, 'ssh'), address, authorizedKeys: this.#keys, home });
      this.all.push({ name, dir, sshd, settings: this.#settings(dir, sshd.port), supervisord: null });
    }
    this.#writeConfigs();
  }

  /** Gives machines a supervisord. */
  async supervise(machines: Machine[]): Promise<void> {
    for (const machine of machines) {
      const supervisord = await Supervisord.start({ dir: join(machine.dir, 'sv') });
      machine.supervisord = supervisord;
      const { includeDir: supervisorDir, socket: supervisorSocket, ctl: supervisorctl } = supervisord;
      Object.assign(machine.settings, { supervisorDir, supervisorSocket, supervisorctl });
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map(({ sshd }) => sshd.stop()));
    await Promise.all(this.all.map(({ supervisord }) => supervisord?.stop()));
    for (const { supervisord } of this.all) supervisord?.removeSocket();
    this.#disks.remove();
  }

  #settings(dir: string, sshPort: number): HostSettings {
    const places = {
      hostPath: join(dir, 'app'),
      logPath: join(dir, 'log'),
      supervisorDir: join(dir, 'conf'),
    };
    return { ...defaultHostSettings, ...places, sshUser: this.user, sshPort, sshKey: 'default' };
  }

  #writeConfigs(): void {
    const known = this.all.map(({ sshd }) => `[${sshd.address}]:${sshd.port} ssh-ed25519 ${sshd.hostKey}`);
    writeFileSync(join(this.dir, 'known_hosts'), `${known.join('\n')}\n`);
    const hosts = this.all.map(
      ({ name, sshd }) =>
        `Host ${name}\n  HostName ${sshd.address}\n  Port ${sshd.port}\n  HostKeyAlias [${sshd.address}]:${sshd.port}\n`,
    );
    const common = `Host *
  User ${this.user}
  IdentityFile ${this.keyFile}
  IdentitiesOnly yes
  UserKnownHostsFile ${join(this.dir, 'known_hosts')}
  StrictHostKeyChecking yes
  LogLevel ERROR
  BatchMode yes
`;
    const warm = `  ControlMaster auto\n  ControlPath ${join(this.dir, 'cm')}/%C\n  ControlPersist 600\n`;
    writeFileSync(this.plainConfig, hosts.join('') + common);
    writeFileSync(this.warmConfig, hosts.join('') + common + warm);
  }
}
