import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FleetHost } from '../../src/demo/fleet/host.ts';

const run = promisify(execFile);
const AT_ONCE = 100;

/** Seconds and milliseconds that a sweep took, and its clients' CPU. */
export type Theirs = { wallMs: number; cpuMs: number };

/** `ssh host supervisorctl status` on machines of ours, as people do it. */
export class OpenSsh {
  readonly #hosts: readonly FleetHost[];
  readonly #config: string;
  readonly #lines: string;

  /** @param identity the file of a key that the machines let in */
  constructor(dir: string, hosts: readonly FleetHost[], identity: string) {
    this.#hosts = hosts;
    this.#config = join(dir, 'ssh_config');
    const known = join(dir, 'known_hosts');
    writeFileSync(known, hosts.map((host) => `${host.name} ssh-ed25519 ${host.hostKey}\n`).join(''));
    const each = hosts.map(
      (host) =>
        `Host ${host.name}\n HostName ${host.address}\n Port ${host.sshPort}\n HostKeyAlias ${host.name}\n`,
    );
    const common = `Host *\n IdentityFile ${identity}\n IdentitiesOnly yes\n UserKnownHostsFile ${known}\n StrictHostKeyChecking yes\n BatchMode yes\n KexAlgorithms curve25519-sha256\n ControlPath ${dir}/m-%n\n`;
    writeFileSync(this.#config, each.join('') + common);
    this.#lines = hosts.map((host) => [host.name, ...host.supervisorctl, 'status'].join(' ')).join('\n');
  }

  /** The original's way: a connection and a supervisorctl for each machine. */
  cold(): Promise<Theirs> {
    return this.#sweep(['-S', 'none']);
  }

  /** The same over connections that are there already; the CPU of those who hold them is counted. */
  async warm(): Promise<Theirs> {
    const masters = this.#hosts.map(({ name }) => this.#master(name));
    const before = masters.map(cpuNanoseconds);
    const swept = await this.#sweep([]);
    const held = masters.reduce((sum, pid, index) => sum + cpuNanoseconds(pid) - before[index]!, 0);
    return { ...swept, cpuMs: swept.cpuMs + held / 1e6 };
  }

  async connect(): Promise<void> {
    await Promise.all(
      this.#hosts.map(({ name }) => run('ssh', ['-F', this.#config, '-M', '-N', '-f', name])),
    );
  }

  disconnect(): void {
    for (const { name } of this.#hosts) this.#control(name, 'exit');
  }

  #master(name: string): number {
    return Number(/pid=(\d+)/.exec(this.#control(name, 'check'))?.[1]);
  }

  #control(name: string, what: string): string {
    const argv = ['-c', 'ssh -F "$0" -O "$2" "$1" 2>&1', this.#config, name, what];
    return execFileSync('sh', argv, { encoding: 'utf8' });
  }

  async #sweep(options: string[]): Promise<Theirs> {
    const timed = 'TIMEFORMAT="took %R %U %S"; time xargs -L 1 -P "$0" ssh "$@" >/dev/null';
    const argv = ['-c', timed, String(AT_ONCE), '-F', this.#config, '-n', ...options];
    const child = spawn('bash', argv, { stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.stdin.end(this.#lines);
    const [code] = await once(child, 'close');
    const [, wall, user, system] = /took (\S+) (\S+) (\S+)/.exec(said) ?? [];
    if (code !== 0 || wall === undefined) throw new Error(`ssh: exit ${code}: ${said.slice(0, 500)}`);
    return { wallMs: Number(wall) * 1000, cpuMs: (Number(user) + Number(system)) * 1000 };
  }
}

/** Exact, unlike the clock ticks of /proc/<pid>/stat: one sweep is a fraction of a tick for each of them. */
function cpuNanoseconds(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]);
}
